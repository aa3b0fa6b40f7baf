import type { BuildPlace } from '../../matrix/cell.ts';
import { buildWords, commandLine } from '../command-line.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { shownFolder } from '../shown-folder.ts';

export interface InterruptibleSearch {
  readonly folder: string;
  readonly buildIn?: BuildPlace | undefined;
}

/**
 * Runs a search that Ctrl-C stops, and then says how to go on.
 * @param words The command that resumes it; where it builds kernels is added.
 */
export async function untilInterrupted(
  words: readonly string[],
  { folder, buildIn }: InterruptibleSearch,
  search: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const resume = commandLine(
    [...words, '--resume', shownFolder(folder), ...buildWords(buildIn)],
    process.env,
  );
  using interrupts = listenForInterrupts({
    first: 'kmx: stopping; what was measured is kept',
    second: `kmx: ended at once; to go on: ${resume}`,
  });
  try {
    return await search(interrupts.signal);
  } catch (error) {
    if (!interrupts.signal.aborted) throw error;
    process.stderr.write(`to go on: ${resume}\n`);
    return EXIT_CODES.interrupted;
  }
}
