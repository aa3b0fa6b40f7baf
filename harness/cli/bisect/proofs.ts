/** Both proofs of a search, as cells of one ordinary report. */
import { join } from 'node:path';
import { tellOutcome } from '../../bisect/tell-outcome.ts';
import { PAGE } from '../page-link.ts';
import { runQuietly } from '../run-quietly.ts';
import { shownFolder } from '../shown-folder.ts';
import type { Completed } from './config-bench.ts';
import type { FoundCulprits } from './find-config-culprits.ts';
import { shownIn } from './measure.ts';
import { placeKernel, type TriedKernel } from './measured-cell.ts';
import type { OpenedSearch } from './open-search.ts';

export interface ProvedEnds {
  readonly good: Completed;
  readonly bad: Completed;
}

/** Whether both hold, and what to print. */
export interface Proofs {
  readonly areBoth: boolean;
  readonly lines: readonly string[];
}

const NAMES = {
  good: 'good',
  bad: 'bad',
  goodWith: 'good-with-culprits',
  badWithout: 'bad-without-culprits',
} as const;

/** Runs the test once more with all four kernels, which have been built. */
export async function proveCulprits(
  search: OpenedSearch,
  { good, bad }: ProvedEnds,
  found: FoundCulprits,
): Promise<Proofs> {
  const { bench, journal, host, place } = search;
  const kernels = [
    bench.kernelWith(NAMES.good, good),
    bench.kernelWith(NAMES.bad, bad),
    bench.kernelWith(NAMES.goodWith, found.goodWithSet),
    bench.kernelWith(NAMES.badWithout, found.badWithoutSets),
  ];
  const folder = join(journal.folder, 'proofs');
  const report = await runQuietly(
    {
      ...placeAll(search, kernels),
      ...{ folder, isCacheRead: false, formats: ['html', 'junit', 'markdown'] },
      ...(place.testFilter === undefined ? {} : { testFilter: place.testFilter }),
    },
    host,
  );
  const wanted = { kind: 'signature', signature: journal.signature ?? '' } as const;
  const outcome = (kernel: string): string => {
    const tests = shownIn(report.cells.filter((cell) => cell.kernel === kernel));
    return tellOutcome(tests, journal.signature === undefined ? undefined : wanted).outcome;
  };
  const fails = outcome(NAMES.goodWith) === 'bad';
  const passes = outcome(NAMES.badWithout) === 'good';
  return {
    areBoth: fails && passes,
    lines: [
      `good with them: ${fails ? 'fails in the same way' : `not proved, it is ${outcome(NAMES.goodWith)}`}`,
      `bad without them: ${passes ? 'passes' : `not proved, it is ${outcome(NAMES.badWithout)}`}`,
      `all four: ${join(shownFolder(folder), PAGE)}`,
    ],
  };
}

function placeAll({ matrix: base, place }: OpenedSearch, kernels: readonly TriedKernel[]) {
  let matrix = base;
  const cells = kernels.map((kernel) => {
    const placed = placeKernel(matrix, kernel, place);
    matrix = placed.matrix;
    return placed.cell;
  });
  return { matrix, cells };
}
