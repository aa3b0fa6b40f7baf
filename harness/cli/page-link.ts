import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export const PAGE = 'index.html';

/**
 * The path of a run's page, which terminals open with a click (OSC 8). It need not be written yet.
 * @param folder The run's folder as the user would name it.
 */
export function pageLink(
  folder: string,
  { isTTY }: Pick<NodeJS.WriteStream, 'isTTY'>,
  { CI, TERM }: NodeJS.ProcessEnv,
): string {
  const path = join(folder, PAGE);
  if (!isTTY || CI || TERM === 'dumb') return path;
  return `\u001b]8;;${pathToFileURL(resolve(path)).href}\u001b\\${path}\u001b]8;;\u001b\\`;
}
