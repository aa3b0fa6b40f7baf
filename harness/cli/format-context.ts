import type { FormatContext } from '../reporters/format.ts';
import { commandLine } from './command-line.ts';

/** @param folder The run's folder as the user would name it. */
export function formatContext(
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): FormatContext {
  return { folder, commandLine: (words) => commandLine(words, environment) };
}
