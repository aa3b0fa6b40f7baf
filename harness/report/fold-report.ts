/**
 * Events → report. The only place that counts: live progress, the files of a finished run and those
 * of a killed one all come from here. What was planned and has no verdict is a `miss`.
 */
import type { RunEvent } from '../events.ts';
import type { Judgement } from '../expectations/judge.ts';
import { judgeCell, judgeTest, reportExpectations } from './expected.ts';
import { type CellFold, type CellProgress, foldCell, type RunEnd } from './fold-cell.ts';
import { addTotals, countVerdicts, groupCrashes } from './group.ts';
import { REPORT_VERSION, type RunReport, type Totals } from './schema.ts';

/** How far a run is; cheap enough to be asked for at every event. */
export interface RunProgress {
  readonly cells: number;
  readonly doneCells: number;
  /** Of the tests that have ended. */
  readonly totals: Totals;
  /** Of those, from an earlier run. */
  readonly cached: number;
  /** Names of the kernels that are being fetched. */
  readonly fetching: readonly string[];
  readonly running: readonly CellProgress[];
}

type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { readonly type: T }>;

export interface ReportFold {
  push(event: RunEvent): void;
  progress(): RunProgress;
  /** What expectations say of a test that has ended. */
  judge(event: EventOf<'test-end'>): Judgement;
  /** The tests of one cell that have ended. */
  cellTotals(cell: string): Totals;
  /** Of those, from an earlier run. */
  cellCached(cell: string): number;
  /** The report of what was pushed so far. Throws if that did not begin with `run-begin`. */
  report(): RunReport;
}

/** @param past Events that were there before: the first part of a run that goes on. */
export function createReportFold(past: readonly RunEvent[] = []): ReportFold {
  const cells = new Map<string, CellFold>();
  const kernels: RunReport['kernels'] = [];
  const missingKernels: RunReport['missingKernels'] = [];
  const fetching = new Set<string>();
  const resumedAt: string[] = [];
  let begin: EventOf<'run-begin'> | undefined;
  let end: EventOf<'run-end'> | undefined;

  function push(event: RunEvent): void {
    switch (event.type) {
      case 'run-begin':
        begin = event;
        for (const cell of event.cells) cells.set(cell.id, foldCell(cell));
        break;
      case 'run-end':
        end = event;
        break;
      case 'run-resumed':
        end = undefined;
        resumedAt.push(event.time);
        kernels.length = 0;
        missingKernels.length = 0;
        for (const cell of cells.values()) cell.resume();
        break;
      case 'kernel-begin':
        fetching.add(event.name);
        break;
      case 'kernel-end':
        fetching.delete(event.kernel.name);
        kernels.push(event.kernel);
        break;
      case 'kernel-failed':
        fetching.delete(event.name);
        missingKernels.push({ name: event.name, message: event.message });
        break;
      default:
        cells.get(event.cell)?.push(event);
    }
  }

  function runEnd(): RunEnd {
    if (end === undefined) return 'killed';
    return end.interrupted ? 'interrupted' : 'whole';
  }

  for (const event of past) push(event);
  return {
    push,
    progress() {
      const all = [...cells.values()];
      return {
        cells: all.length,
        doneCells: all.filter(({ isDone }) => isDone).length,
        totals: addTotals(all.map(({ totals }) => totals)),
        cached: all.reduce((sum, { cached }) => sum + cached, 0),
        fetching: [...fetching],
        running: all.map((cell) => cell.progress()).filter((cell) => cell !== undefined),
      };
    },
    judge({ cell: id, test, verdict, signature }) {
      const cell = begin?.cells.find((one) => one.id === id);
      if (begin === undefined || cell === undefined) return { status: 'new' };
      const releases = new Map(kernels.map(({ name, release }) => [name, release]));
      const pinned = signature === undefined ? {} : { signature };
      const run = { begin, releases, isWhole: false };
      return judgeTest(cell, { ...test, verdict, ...pinned }, run);
    },
    cellTotals: (cell) => cells.get(cell)?.totals ?? {},
    cellCached: (cell) => cells.get(cell)?.cached ?? 0,
    report() {
      if (begin === undefined) throw new Error('Expected events that begin with run-begin');
      const releases = new Map(kernels.map(({ name, release }) => [name, release]));
      const run = { begin, releases, isWhole: runEnd() === 'whole' };
      const folded = [...cells.values()].map((cell) => judgeCell(cell.report(runEnd()), run));
      return {
        version: REPORT_VERSION,
        run: begin.run,
        startedAt: begin.time,
        ...(end === undefined ? {} : { endedAt: end.time }),
        interrupted: runEnd() !== 'whole',
        profile: begin.profile,
        matrix: begin.matrix,
        resumedAt: [...resumedAt],
        ...(begin.filter === undefined ? {} : { filter: begin.filter }),
        isolation: begin.isolation,
        hasTemplates: begin.hasTemplates,
        host: begin.host,
        kernels: [...kernels],
        missingKernels: [...missingKernels],
        totals: countVerdicts(folded.flatMap(({ tests }) => tests)),
        crashes: groupCrashes(folded),
        cells: folded,
        ...(begin.expectationsFile === undefined
          ? {}
          : { expectationsFile: begin.expectationsFile }),
        expectations: reportExpectations(folded, run),
      };
    },
  };
}
