import { resolve } from 'node:path';
import type { FormatContext } from '../reporters/format.ts';
import { commandLine } from './command-line.ts';
import { createLogReader } from './read-log.ts';

/**
 * @param folder The run's folder as the user would name it.
 * @param runFolder The same as seen from the folder of what is written.
 */
export function formatContext(
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
  runFolder: string | undefined = '.',
): FormatContext {
  return {
    folder,
    commandLine: (words) => commandLine(words, environment),
    readLog: createLogReader(resolve(folder)),
    runFolder,
  };
}
