import { quoteWord } from '../live-guest/shell-command.ts';

/** How scripts/kmx says what its user has called it. */
const COMMAND = 'KMX_COMMAND';

/** A line that the user can type: kmx by the name that it was called by, and words for it. */
export function commandLine(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): string {
  return [environment[COMMAND] ?? 'scripts/kmx', ...words].map(quoteWord).join(' ');
}

/** The line that goes on with a run. @param folder The run's, as seen from here. */
export function resumeLine(
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  // Without a slash it would be taken for the id of a run in the default folder.
  const path = folder.includes('/') ? folder : `./${folder}`;
  return commandLine(['run', '--resume', path], environment);
}
