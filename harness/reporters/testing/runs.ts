import { readFileSync } from 'node:fs';
import type { RunEvent } from '../../events.ts';
import { parseEventLines } from '../../report/event-lines.ts';
import { createReportFold } from '../../report/fold-report.ts';
import type { RunReport } from '../../report/schema.ts';
import { createSampleRun } from '../../report/testing/sample-run.ts';
import type { FormatContext } from '../format.ts';

const RECORDED = new URL('../../report/testdata/events.jsonl', import.meta.url);

export function recordedRun(): readonly RunEvent[] {
  return parseEventLines(readFileSync(RECORDED, 'utf8'));
}

/** The hand-made run, live and as read back: no reporter may be able to tell them apart. */
export function sampleRuns(): readonly (readonly [string, readonly RunEvent[]])[] {
  const live = createSampleRun();
  const log = live.map((event) => `${JSON.stringify(event)}\n`).join('');
  return [
    ['live', live],
    ['replayed', parseEventLines(log)],
  ];
}

export function foldEvents(events: readonly RunEvent[]): RunReport {
  const fold = createReportFold();
  for (const event of events) fold.push(event);
  return fold.report();
}

export const CONTEXT: FormatContext = {
  folder: 'reports/20261124-101500-0001',
  commandLine: (words) => ['scripts/kmx', ...words].join(' '),
  readLog: () => undefined,
  runFolder: '.',
};
