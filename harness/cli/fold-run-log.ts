import type { RunEvent } from '../events.ts';
import { createReportFold } from '../report/fold-report.ts';
import type { RunReport } from '../report/schema.ts';
import { emptyLog, streamEvents } from './run-log.ts';

/**
 * The report of a log, made of the events of some types or of all. Throws a UsageError if the log holds no
 * event.
 */
export function foldRunLog(file: string, types?: readonly RunEvent['type'][]): RunReport {
  const fold = createReportFold();
  let isEmpty = true;
  for (const event of streamEvents(file)) {
    isEmpty = false;
    if (types === undefined || types.includes(event.type)) fold.push(event);
  }
  if (isEmpty) throw emptyLog(file);
  return fold.report();
}
