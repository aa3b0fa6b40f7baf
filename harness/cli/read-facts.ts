import type { RunEvent } from '../events.ts';
import type { RunReport } from '../report/schema.ts';
import { foldRunLog } from './fold-run-log.ts';

/** All that facts are read from: a run's tests and findings may not fit into memory. */
const ABOUT_FACTS: readonly RunEvent['type'][] = [
  'run-begin',
  'kernel-end',
  'facts',
  'guest-begin',
  'guest-ready',
  'facts-recalled',
  'run-end',
];

/** A report that has a run's facts and no tests. Throws a UsageError if the log holds no event. */
export function readFacts(file: string): RunReport {
  return foldRunLog(file, ABOUT_FACTS);
}
