/**
 * Events → report. The only place that counts: live progress and the reports of finished and of
 * killed runs all come from here. What was planned and has no verdict is a `miss`.
 */
import type { RunEvent } from '../events.ts';
import { createJudge, type JudgedTest, type Judgement } from '../expectations/judge.ts';
import type { Cell } from '../matrix/cell.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { countEmulatorFaults } from './emulator-faults.ts';
import { judgeCell, judgeTest, reportExpectations } from './expected.ts';
import {
  type CellFold,
  type CellProgress,
  foldCell,
  type RunEnd,
  shareByCells,
} from './fold-cell.ts';
import { addTotals, groupCrashes, groupFailures } from './group.ts';
import { REPORT_VERSION, type RunReport, type Totals } from './schema.ts';

/** The progress of a run; cheap enough to ask for at every event. */
export interface RunProgress {
  readonly cells: number;
  readonly doneCells: number;
  /** Of the tests that have ended. */
  readonly totals: Totals;
  /** Of those, from an earlier run. */
  readonly cached: number;
  readonly running: readonly CellProgress[];
}

type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { readonly type: T }>;

export interface ReportFold {
  push(event: RunEvent): void;
  progress(): RunProgress;
  /** The judgement on a test that has ended. */
  judge(event: EventOf<'test-end'>): Judgement;
  /** Totals of one cell's tests that have ended. */
  cellTotals(cell: string): Totals;
  /** Of those, from an earlier run. */
  cellCached(cell: string): number;
  /** The report of what was pushed so far. Throws if that did not begin with `run-begin`. */
  report(): RunReport;
}

interface PlannedCell {
  /** In the order of the plan. */
  readonly index: number;
  readonly cell: Cell;
  readonly fold: CellFold;
}

/** @param past The first part of a run that is resumed. */
export function createReportFold(past: readonly RunEvent[] = []): ReportFold {
  const cells = new Map<string, PlannedCell>();
  /** Cells that are running. */
  const running = new Set<PlannedCell>();
  const shared = shareByCells();
  let doneCells = 0;
  const kernels: RunReport['kernels'] = [];
  const missingKernels: RunReport['missingKernels'] = [];
  /** Releases of the kernels, by name. */
  const releases = new Map<string, string>();
  const resumedAt: string[] = [];
  let judge: (judged: JudgedTest) => Judgement = () => ({ status: 'new' });
  let begin: EventOf<'run-begin'> | undefined;
  let end: EventOf<'run-end'> | undefined;

  function push(event: RunEvent): void {
    switch (event.type) {
      case 'run-begin':
        begin = event;
        shared.isFiltered = event.filter !== undefined;
        judge = createJudge({ expectations: event.expectations, today: event.time });
        for (const [index, cell] of event.cells.entries()) {
          cells.set(cell.id, { index, cell, fold: foldCell(cell, shared) });
        }
        break;
      case 'run-end':
        end = event;
        break;
      case 'run-resumed':
        end = undefined;
        resumedAt.push(event.time);
        kernels.length = 0;
        missingKernels.length = 0;
        releases.clear();
        for (const { fold } of cells.values()) fold.resume();
        break;
      case 'kernel-end':
        kernels.push(event.kernel);
        releases.set(event.kernel.name, event.kernel.release);
        break;
      case 'kernel-failed':
        missingKernels.push({ name: event.name, message: event.message });
        break;
      default:
        pushToCell(event);
    }
  }

  function pushToCell(event: Extract<RunEvent, { readonly cell: string }>): void {
    const planned = cells.get(event.cell);
    if (planned === undefined) return;
    const wasDone = planned.fold.isDone;
    planned.fold.push(event);
    if (event.type === 'cell-begin') running.add(planned);
    if (!planned.fold.isDone) return;
    running.delete(planned);
    if (!wasDone) doneCells += 1;
  }

  function runEnd(): RunEnd {
    if (end === undefined) return 'killed';
    return end.interrupted ? 'interrupted' : 'whole';
  }

  for (const event of past) push(event);
  return {
    push,
    progress() {
      const inOrder = [...running].sort((one, other) => one.index - other.index);
      return {
        cells: cells.size,
        doneCells,
        totals: { ...shared.totals },
        cached: shared.cached,
        running: inOrder.flatMap(({ fold }) => fold.progress() ?? []),
      };
    },
    judge({ cell: id, test, verdict, signature, findings }) {
      const planned = cells.get(id);
      if (planned === undefined) return { status: 'new' };
      const judged = omitUndefined({ ...test, verdict, signature, findings });
      return judgeTest(planned.cell, judged, { releases, judge });
    },
    cellTotals: (cell) => cells.get(cell)?.fold.totals ?? {},
    cellCached: (cell) => cells.get(cell)?.fold.cached ?? 0,
    report() {
      if (begin === undefined) throw new Error('Expected events that begin with run-begin');
      const run = { begin, releases, judge, isWhole: runEnd() === 'whole' };
      const folded = [...cells.values()].map(({ fold }) => judgeCell(fold.report(runEnd()), run));
      return {
        version: REPORT_VERSION,
        run: begin.run,
        startedAt: begin.time,
        ...omitUndefined({ endedAt: end?.time }),
        interrupted: runEnd() !== 'whole',
        profile: begin.profile,
        matrix: begin.matrix,
        resumedAt: [...resumedAt],
        ...omitUndefined({ filter: begin.filter }),
        isolation: begin.isolation,
        hasTemplates: begin.hasTemplates,
        host: begin.host,
        kernels: [...kernels],
        missingKernels: [...missingKernels],
        totals: addTotals(folded.map((cell) => cell.totals)),
        ...omitUndefined({ emulatorFaults: countEmulatorFaults(folded) || undefined }),
        crashes: groupCrashes(folded),
        failures: groupFailures(folded),
        cells: folded,
        ...omitUndefined({ expectationsFile: begin.expectationsFile }),
        expectations: reportExpectations(folded, run),
      };
    },
  };
}
