import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const PAGE = 'index.html';

/**
 * The path of a run's page, which terminals open with a click (OSC 8); undefined if it has none.
 * @param folder The run's folder as the user would name it.
 */
export function pageLink(
  folder: string,
  { isTTY }: Pick<NodeJS.WriteStream, 'isTTY'>,
  { CI, TERM }: NodeJS.ProcessEnv,
): string | undefined {
  const path = join(folder, PAGE);
  if (!existsSync(path)) return undefined;
  if (!isTTY || CI || TERM === 'dumb') return path;
  return `\u001b]8;;${pathToFileURL(resolve(path)).href}\u001b\\${path}\u001b]8;;\u001b\\`;
}
