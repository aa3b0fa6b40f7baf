/**
 * Events → report. The only place that counts: live progress, the files of a finished run and those
 * of a killed one all come from here. What was planned and has no verdict is a `miss`.
 */
import { BOOTS, type RunEvent, type TestId } from '../events.ts';
import { worstVerdict } from '../verdict/verdict.ts';
import { countVerdicts, groupCrashes } from './group.ts';
import { type CellReport, REPORT_VERSION, type RunReport, type TestReport } from './schema.ts';

export interface ReportFold {
  push(event: RunEvent): void;
  /** The report of what was pushed so far. Throws if that did not begin with `run-begin`. */
  report(): RunReport;
}

type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { readonly type: T }>;
type CellEvent = Extract<RunEvent, { readonly cell: string }>;

/** A cell whose events still come. */
interface OpenCell {
  readonly axes: Pick<CellReport, 'id' | 'kernel' | 'config' | 'cgroup' | 'agent'>;
  readonly guests: CellReport['guests'];
  readonly tests: TestReport[];
  planned: readonly TestId[];
  durationMs?: number;
}

export function createReportFold(): ReportFold {
  const cells = new Map<string, OpenCell>();
  const kernels: RunReport['kernels'] = [];
  let begin: EventOf<'run-begin'> | undefined;
  let end: EventOf<'run-end'> | undefined;

  return {
    push(event) {
      if (event.type === 'run-begin') {
        begin = event;
        for (const { scenarios: _, ...axes } of event.cells) {
          cells.set(axes.id, { axes, guests: [], tests: [], planned: [] });
        }
      } else if (event.type === 'run-end') end = event;
      else if (event.type === 'kernel-end') kernels.push(event.kernel);
      else if ('cell' in event) {
        const cell = cells.get(event.cell);
        if (cell !== undefined) pushToCell(cell, event);
      }
    },
    report() {
      if (begin === undefined) throw new Error('Expected events that begin with run-begin');
      const isInterrupted = end?.interrupted ?? true;
      const finished = [...cells.values()].map((cell) => finishCell(cell, isInterrupted));
      return {
        version: REPORT_VERSION,
        run: begin.run,
        startedAt: begin.time,
        ...(end === undefined ? {} : { endedAt: end.time }),
        interrupted: isInterrupted,
        profile: begin.profile,
        matrix: begin.matrix,
        ...(begin.filter === undefined ? {} : { filter: begin.filter }),
        host: begin.host,
        kernels,
        totals: countVerdicts(finished.flatMap(({ tests }) => tests)),
        crashes: groupCrashes(finished),
        cells: finished,
      };
    },
  };
}

function pushToCell(cell: OpenCell, event: CellEvent): void {
  const guest = cell.guests.at(-1);
  switch (event.type) {
    case 'guest-begin':
      cell.guests.push({
        number: event.guest,
        reason: event.reason,
        command: [...event.command],
      });
      break;
    case 'guest-ready':
      if (guest !== undefined) Object.assign(guest, { bootMs: event.bootMs, facts: event.facts });
      break;
    case 'guest-end':
      if (guest !== undefined) guest.end = event.how;
      break;
    case 'tests':
      cell.planned = event.tests;
      break;
    case 'test-end':
      cell.tests.push(testOf(event));
      break;
    case 'cell-end':
      cell.durationMs = event.durationMs;
  }
}

function testOf({
  test,
  verdict,
  durationMs,
  guest,
  detail,
  findings,
}: EventOf<'test-end'>): TestReport {
  return {
    ...test,
    verdict,
    durationMs,
    ...(guest === undefined ? {} : { guest }),
    ...(detail === undefined ? {} : { detail }),
    findings: [...findings],
  };
}

function finishCell(cell: OpenCell, isInterrupted: boolean): CellReport {
  const why = isInterrupted ? 'the run was interrupted before it' : 'it was planned but never ran';
  const missing = [BOOTS, ...cell.planned].filter(
    ({ file, title }) => !cell.tests.some((test) => test.file === file && test.title === title),
  );
  // A cell that did not come up has no list of tests, and its `boots` says why.
  const tests = [
    ...cell.tests,
    ...missing.map((test) => ({
      ...test,
      verdict: 'miss' as const,
      durationMs: 0,
      detail: { message: why },
      findings: [],
    })),
  ];
  return {
    ...cell.axes,
    verdict: worstVerdict(tests.map(({ verdict }) => verdict)),
    totals: countVerdicts(tests),
    ...(cell.durationMs === undefined ? {} : { durationMs: cell.durationMs }),
    guests: cell.guests,
    tests,
  };
}
