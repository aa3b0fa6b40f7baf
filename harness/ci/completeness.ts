import { outcomeOf } from '../report/outcome.ts';
import type { RunReport } from '../report/schema.ts';

/**
 * Of a run: `complete` if everything was tried, good or bad, so that others can be compared with it;
 * `partial` if something ended it early, such as a time budget, `--max-failures` or a signal;
 * `nothing` if there is no report, or no kernel was there to measure anything with.
 */
export type Completeness = 'complete' | 'partial' | 'nothing';

/** Exit codes do not tell: that of a run with failures is 1, whether or not it was stopped by them. */
export function completenessOf(report: RunReport | undefined): Completeness {
  if (report === undefined || outcomeOf(report) === 'unmeasured') return 'nothing';
  return report.interrupted || report.stopped !== undefined ? 'partial' : 'complete';
}
