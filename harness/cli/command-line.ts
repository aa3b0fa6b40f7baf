import type { BuildPlace } from '../matrix/cell.ts';
import { quoteWord } from '../shell-command.ts';

/** In this variable scripts/kmx passes on the name that the user called it by. */
const COMMAND = 'KMX_COMMAND';

/** A command that the user can type: kmx by the name it was called by, and arguments for it. */
export function commandLine(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): string {
  return [environment[COMMAND] ?? 'scripts/kmx', ...words].map(quoteWord).join(' ');
}

/** Options for a command that looks for the same kernels as this one, wherever it is typed. */
export function buildWords(buildIn: BuildPlace | undefined): readonly string[] {
  return buildIn === 'container' ? ['--build-in', buildIn] : [];
}

/**
 * The command that resumes a run.
 * @param folder The run's folder, as seen from here.
 */
export function resumeLine(
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  // Without a slash it would be taken for the id of a run in the default folder.
  const path = folder.includes('/') ? folder : `./${folder}`;
  return commandLine(['run', '--resume', path], environment);
}
