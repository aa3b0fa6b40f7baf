/** What a user is told when kmx itself has a bug: an error that is nobody else's fault. */
import { arch, release, type } from 'node:os';
import { inspect } from 'node:util';
import { omitUndefined } from '../omit-undefined.ts';
import { toPrintable } from '../text.ts';
import { commandLine } from './command-line.ts';
import { readVersion } from './version.ts';

/** What the process was doing when it failed. */
export interface BugContext {
  readonly version: string;
  readonly platform: string;
  /** What the user typed. */
  readonly command: string;
  /** The run's folder, as the user would name it; absent if there was none yet. */
  readonly folder?: string;
}

let folderNow: string | undefined;

/** Remembers the run's folder: an error may come from anywhere, and cannot tell. */
export function attachFolder(folder: string): void {
  folderNow = folder;
}

export function printBug(error: unknown): void {
  const context = {
    version: readVersion(),
    platform: `node ${process.version}, ${type()} ${release()} ${arch()}`,
    command: commandLine(process.argv.slice(2), process.env),
    ...omitUndefined({ folder: folderNow }),
  };
  process.stderr.write(renderBug(error, context));
}

export function renderBug(
  error: unknown,
  { version, platform, command, folder }: BugContext,
): string {
  const message = error instanceof Error ? error.message : String(error);
  const attached = folder === undefined ? 'this output' : `this output and the folder ${folder}`;
  return toPrintable(`kmx: this is a bug in kmx: ${message}
  please report it to the maintainers of kmx, and attach ${attached}

  command:  ${command}
  version:  kmx ${version}, ${platform}
  stack:    ${inspect(error).replaceAll('\n', '\n            ')}
`);
}
