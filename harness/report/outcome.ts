import { VERDICTS } from '../verdict/verdict.ts';
import { countNew } from './baseline.ts';
import { isAsExpected, newLooseCrashes } from './expected.ts';
import type { CellReport, RunReport } from './schema.ts';

/** The outcome of a run: `good` exactly when everything came as expected. */
export type Outcome = 'good' | 'bad' | 'unmeasured' | 'interrupted';

export function outcomeOf({
  interrupted,
  totals,
  cells,
  expectations,
  failOn,
  baseline,
}: Pick<
  RunReport,
  'interrupted' | 'totals' | 'cells' | 'expectations' | 'failOn' | 'baseline'
>): Outcome {
  if (interrupted) return 'interrupted';
  const isOnlyNew = failOn === 'new' && baseline !== undefined;
  // A finding outside of all tests is a measurement, and a bad one.
  const hasCrashed = cells.some((cell) => newLooseCrashes(cell).length > 0);
  if (hasCrashed && !isOnlyNew) return 'bad';
  // Every test that should have run is a miss.
  const isAllMiss = VERDICTS.every((verdict) => verdict === 'miss' || !totals[verdict]);
  if (isAllMiss && !hasCrashed) return 'unmeasured';
  if (isOnlyNew) return countNew(baseline) === 0 ? 'good' : 'bad';
  if (expectations.some(({ status }) => status === 'stale')) return 'bad';
  return countUnexpected(cells) === 0 ? 'good' : 'bad';
}

/** Tests that did not come as expected, `miss` among them. */
export function countUnexpected(cells: readonly CellReport[]): number {
  return cells.flatMap(({ tests }) => tests.filter((test) => !isAsExpected(test))).length;
}
