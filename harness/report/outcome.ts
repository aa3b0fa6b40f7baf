import { isCrash } from '../verdict/finding.ts';
import { isGood, VERDICTS } from '../verdict/verdict.ts';
import type { RunReport, Totals } from './schema.ts';

/** What a run comes to: `unmeasured` if every test that should have run is a miss. */
export type Outcome = 'good' | 'bad' | 'unmeasured' | 'interrupted';

export function outcomeOf({
  interrupted,
  totals,
  cells,
}: Pick<RunReport, 'interrupted' | 'totals' | 'cells'>): Outcome {
  if (interrupted) return 'interrupted';
  // A finding outside of all tests is a measurement, and a bad one.
  if (cells.some(({ findings }) => findings.some(({ finding }) => isCrash(finding)))) return 'bad';
  const isAllMiss = VERDICTS.every((verdict) => verdict === 'miss' || !totals[verdict]);
  if (isAllMiss) return 'unmeasured';
  return countBad(totals) === 0 ? 'good' : 'bad';
}

export function countBad(totals: Totals): number {
  return VERDICTS.filter((verdict) => !isGood(verdict)).reduce(
    (sum, verdict) => sum + (totals[verdict] ?? 0),
    0,
  );
}
