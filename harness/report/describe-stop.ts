import { count, describeDuration } from '../phrases.ts';
import { countStopped } from './outcome.ts';
import type { RunReport } from './schema.ts';

/**
 * Why a run ended before all of it had run, and what is left: `stopped after 3 unexpected results,
 * 12 cells are left`; undefined if its bounds did not end it.
 */
export function describeStop({
  stopped,
  bounds,
  cells,
}: Pick<RunReport, 'stopped' | 'bounds' | 'cells'>): string | undefined {
  if (stopped === undefined) return undefined;
  const left = countStopped(cells);
  if (stopped === 'max-failures') {
    const why = `stopped after ${count(bounds?.maxFailures ?? 0, 'unexpected result')}`;
    return `${why}, ${count(left, 'cell')} ${left === 1 ? 'is' : 'are'} left`;
  }
  const budget = describeDuration(bounds?.timeBudgetMs ?? 0);
  return `the time budget of ${budget} left no time for ${count(left, 'cell')}`;
}
