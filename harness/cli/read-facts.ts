import type { RunEvent } from '../events.ts';
import { createReportFold } from '../report/fold-report.ts';
import type { RunReport } from '../report/schema.ts';
import { emptyLog, streamEvents } from './run-log.ts';

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
  const fold = createReportFold();
  let isEmpty = true;
  for (const event of streamEvents(file)) {
    isEmpty = false;
    if (ABOUT_FACTS.includes(event.type)) fold.push(event);
  }
  if (isEmpty) throw emptyLog(file);
  return fold.report();
}
