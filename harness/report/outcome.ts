import { isGood, VERDICTS } from '../verdict/verdict.ts';
import type { RunReport, Totals } from './schema.ts';

/** What a run comes to: `unmeasured` if every test that should have run is a miss. */
export type Outcome = 'good' | 'bad' | 'unmeasured' | 'interrupted';

export function outcomeOf({
  interrupted,
  totals,
}: Pick<RunReport, 'interrupted' | 'totals'>): Outcome {
  if (interrupted) return 'interrupted';
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
