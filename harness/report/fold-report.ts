/**
 * Events → report. The only place that counts: live progress and the reports of finished and of
 * killed runs all come from here. What was planned and has no verdict is a `miss`.
 */
import type { BaselineFacts, ConfigChange, ConfigFacts, RunBounds, RunEvent } from '../events.ts';
import { createJudge, type JudgedTest, type Judgement } from '../expectations/judge.ts';
import type { Cell } from '../matrix/cell.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { compareWithBaseline } from './baseline.ts';
import { groupDisagreements } from './disagreements.ts';
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
  /** When it is to stop; absent: it is to run whole. */
  readonly bounds?: RunBounds;
  /** Why it is stopping; absent: it is not. */
  readonly stopping?: EventOf<'run-stopping'>['reason'];
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
  /** Why nothing of a cell was tried; undefined if something was, or may still be. */
  cellSkipped(cell: string): string | undefined;
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
  const fold = new RunFold();
  for (const event of past) fold.push(event);
  return fold;
}

class RunFold implements ReportFold {
  readonly #cells = new Map<string, PlannedCell>();
  /** Cells that are running. */
  readonly #running = new Set<PlannedCell>();
  readonly #shared = shareByCells();
  readonly #kernels: RunReport['kernels'] = [];
  /** By the kernel's name. What guests have said holds when the run is resumed, too. */
  readonly #guestConfigs = new Map<string, ConfigFacts>();
  /** By digest. */
  readonly #facts = new Map<string, RunReport['facts'][number]>();
  readonly #missingKernels: RunReport['missingKernels'] = [];
  /** Releases of the kernels, by name. */
  readonly #releases = new Map<string, string>();
  readonly #resumedAt: string[] = [];
  /** From each last event before it was resumed until it was. */
  #idleMs = 0;
  /** Of the last event. */
  #lastTime: string | undefined;
  /** By the kernel's name. */
  readonly #configChanges = new Map<string, ConfigChange>();
  #judge: (judged: JudgedTest) => Judgement = () => ({ status: 'new' });
  #doneCells = 0;
  #begin: EventOf<'run-begin'> | undefined;
  #baseline: BaselineFacts | undefined;
  #end: EventOf<'run-end'> | undefined;
  /** Of the part of the run that began last. */
  #bounds: RunBounds | undefined;
  #stopping: EventOf<'run-stopping'>['reason'] | undefined;

  /** Bound, so that it can be handed on as a listener. */
  readonly push = (event: RunEvent): void => {
    switch (event.type) {
      case 'run-begin':
        this.#beginRun(event);
        break;
      case 'baseline':
        this.#baseline = event.baseline;
        break;
      case 'baseline-config':
        this.#configChanges.set(event.name, event.change);
        break;
      case 'run-end':
        this.#end = event;
        break;
      case 'run-resumed':
        this.#resume(event);
        break;
      case 'kernel-end':
        this.#kernels.push(event.kernel);
        this.#releases.set(event.kernel.name, event.kernel.release);
        break;
      case 'kernel-config':
        this.#guestConfigs.set(event.name, event.config);
        break;
      case 'kernel-failed':
        this.#missingKernels.push({ name: event.name, message: event.message });
        break;
      case 'facts':
        this.#facts.set(event.digest, { digest: event.digest, ...event.facts });
        break;
      case 'run-stopping':
        this.#stopping = event.reason;
        break;
      case 'schedule':
        break;
      default:
        this.#pushToCell(event);
    }
    this.#lastTime = event.time;
  };

  progress(): RunProgress {
    const inOrder = [...this.#running].sort((one, other) => one.index - other.index);
    return {
      cells: this.#cells.size,
      doneCells: this.#doneCells,
      totals: { ...this.#shared.totals },
      cached: this.#shared.cached,
      running: inOrder.flatMap(({ fold }) => fold.progress() ?? []),
      ...omitUndefined({ bounds: this.#bounds, stopping: this.#stopping }),
    };
  }

  judge({ cell: id, test, verdict, signature, findings }: EventOf<'test-end'>): Judgement {
    const planned = this.#cells.get(id);
    if (planned === undefined) return { status: 'new' };
    const judged = omitUndefined({ ...test, verdict, signature, findings });
    return judgeTest(planned.cell, judged, { releases: this.#releases, judge: this.#judge });
  }

  cellTotals(cell: string): Totals {
    return this.#cells.get(cell)?.fold.totals ?? {};
  }

  cellCached(cell: string): number {
    return this.#cells.get(cell)?.fold.cached ?? 0;
  }

  cellSkipped(cell: string): string | undefined {
    return this.#cells.get(cell)?.fold.skipped;
  }

  report(): RunReport {
    const begin = this.#begin;
    if (begin === undefined) throw new Error('Expected events that begin with run-begin');
    const runEnd = this.#runEnd();
    const run = {
      begin,
      releases: this.#releases,
      judge: this.#judge,
      isWhole: runEnd.how === 'whole',
    };
    const folded = [...this.#cells.values()].map(({ fold }) => judgeCell(fold.report(runEnd), run));
    const made = {
      interrupted: runEnd.how !== 'whole',
      profile: begin.profile,
      matrix: begin.matrix,
      ...omitUndefined({ filter: begin.filter, isFiltered: begin.isFiltered || undefined }),
      inputs: { ...begin.inputs },
      host: begin.host,
      kernels: this.#kernels.map((kernel) => this.#withGuestConfig(kernel)),
    };
    const baseline =
      this.#baseline &&
      compareWithBaseline(this.#baseline, { ...made, cells: folded }, this.#configChanges);
    return {
      version: REPORT_VERSION,
      run: begin.run,
      startedAt: begin.time,
      ...omitUndefined({ endedAt: this.#end?.time }),
      ...made,
      ...omitUndefined({ stopped: this.#end?.stopped, bounds: this.#bounds }),
      resumedAt: [...this.#resumedAt],
      ...omitUndefined({ idleMs: this.#resumedAt.length === 0 ? undefined : this.#idleMs }),
      ...omitUndefined({ failOn: begin.failOn }),
      isolation: begin.isolation,
      ...omitUndefined({ qemu: begin.qemu, buildIn: begin.buildIn, lock: begin.lock }),
      hasTemplates: begin.hasTemplates,
      facts: [...this.#facts.values()],
      missingKernels: [...this.#missingKernels],
      ...omitUndefined({ baseline }),
      totals: addTotals(folded.map((cell) => cell.totals)),
      ...omitUndefined({ emulatorFaults: countEmulatorFaults(folded) || undefined }),
      crashes: groupCrashes(folded),
      failures: groupFailures(folded),
      disagreements: groupDisagreements(folded),
      cells: folded,
      ...omitUndefined({ expectationsFile: begin.expectationsFile }),
      expectations: reportExpectations(folded, run),
    };
  }

  #withGuestConfig(kernel: RunReport['kernels'][number]): RunReport['kernels'][number] {
    const config = this.#guestConfigs.get(kernel.name);
    if (config === undefined) return kernel;
    const { configMissing: _, ...known } = kernel;
    return { ...known, config };
  }

  #beginRun(event: EventOf<'run-begin'>): void {
    this.#begin = event;
    this.#shared.beganMs = Date.parse(event.time);
    this.#bounds = event.bounds;
    this.#shared.isFiltered = event.filter !== undefined;
    this.#judge = createJudge({ expectations: event.expectations, today: event.time });
    for (const [index, cell] of event.cells.entries()) {
      this.#cells.set(cell.id, { index, cell, fold: foldCell(cell, this.#shared) });
    }
  }

  /** What was in flight begins anew. */
  #resume({ time, bounds }: EventOf<'run-resumed'>): void {
    this.#end = undefined;
    this.#stopping = undefined;
    this.#bounds = bounds;
    this.#resumedAt.push(time);
    this.#idleMs += Math.max(0, Date.parse(time) - Date.parse(this.#lastTime ?? time));
    this.#kernels.length = 0;
    this.#missingKernels.length = 0;
    this.#releases.clear();
    for (const { fold } of this.#cells.values()) fold.resume();
  }

  #pushToCell(event: Extract<RunEvent, { readonly cell: string }>): void {
    const planned = this.#cells.get(event.cell);
    if (planned === undefined) return;
    const wasDone = planned.fold.isDone;
    planned.fold.push(event);
    if (event.type === 'cell-begin') this.#running.add(planned);
    if (!planned.fold.isDone) return;
    this.#running.delete(planned);
    if (!wasDone) this.#doneCells += 1;
  }

  #runEnd(): RunEnd {
    if (this.#end === undefined) return { how: 'killed' };
    const { interrupted, stopped } = this.#end;
    if (stopped !== undefined) return { how: stopped, ...this.#bounds };
    return { how: interrupted ? 'interrupted' : 'whole' };
  }
}
