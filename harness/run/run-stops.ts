/**
 * Decides when a run stops before all of it has run: after as many unexpected results as it may
 * have, or when its time budget has no room for more.
 */
import type { RunBounds, RunEvent, StopReason, TestId } from '../events.ts';
import { createTimeLeft } from '../report/time-left.ts';

export interface RunStopsOptions {
  readonly bounds: RunBounds;
  /** Wall-clock time at which the time budget began. */
  readonly startedMs: number;
  /** Wall-clock time, as are the events' times. */
  readonly nowMs?: () => number;
  readonly isAsExpected: (event: TestEnd) => boolean;
  /** Told once, when the run begins to stop. */
  readonly onStop: (reason: StopReason) => void;
}

type TestEnd = Extract<RunEvent, { readonly type: 'test-end' }>;

export interface RunStops extends Disposable {
  /** Why the run stops before all of it has run, if it does. */
  readonly reason: StopReason | undefined;
  /** Aborted when whatever is running is to be ended at once. */
  readonly signal: AbortSignal;
  /** Every event of the run, in order. */
  observe(event: RunEvent): void;
  /**
   * Whether a cell that has not begun can end in time, or takes so long that it never could. If not, the run is
   * stopping.
   */
  hasTimeForCell(cell: string): boolean;
  /** Whether the next test of a running cell can end in time. If not, the run is stopping. */
  hasTimeForTest(cell: string): boolean;
  /** All cells have run: the end of the time budget stops nothing any more. */
  close(): void;
}

export function createRunStops(options: RunStopsOptions): RunStops {
  const { bounds, startedMs, nowMs = Date.now, onStop } = options;
  const { maxFailures, timeBudgetMs } = bounds;
  const endMs = timeBudgetMs === undefined ? Number.POSITIVE_INFINITY : startedMs + timeBudgetMs;
  const times = createTimeLeft();
  // Nobody asks how many there are unless they are bounded.
  const failures = maxFailures === undefined ? undefined : createFailureCount(options.isAsExpected);
  const controller = new AbortController();
  let reason: StopReason | undefined;
  /** How much time there was for the first cell that takes any: in no other night there is more. */
  let roomMs: number | undefined;

  function stop(why: StopReason): void {
    if (reason !== undefined) return;
    reason = why;
    onStop(why);
  }

  function endNow(why: StopReason): void {
    stop(why);
    controller.abort();
  }

  /** What takes a time that nobody knows may begin as long as there is any. */
  function hasTimeFor(ms: number | undefined): boolean {
    const isInTime = nowMs() + (ms ?? 0) < endMs;
    if (!isInTime) stop('time-budget');
    return isInTime;
  }

  /** What takes longer than there ever is would never begin: it does when its turn comes. */
  function hasTimeForCell(cell: string): boolean {
    const ms = times.cellMs(cell);
    // It is cached.
    if (ms === 0) return hasTimeFor(ms);
    roomMs ??= endMs - nowMs();
    return hasTimeFor(ms !== undefined && ms >= roomMs ? undefined : ms);
  }

  const timer =
    timeBudgetMs === undefined
      ? undefined
      : setTimeout(() => endNow('time-budget'), Math.max(0, endMs - nowMs()));
  // It must not keep a finished run from exiting.
  timer?.unref();

  return {
    get reason() {
      return reason;
    },
    signal: controller.signal,
    observe(event) {
      times.push(event);
      if (failures === undefined || maxFailures === undefined) return;
      if (failures.push(event) >= maxFailures) endNow('max-failures');
    },
    hasTimeForCell,
    hasTimeForTest: (cell) => hasTimeFor(times.testMs(cell, nowMs())),
    close: () => clearTimeout(timer),
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}

interface FailureCount {
  /** How many tests were not as expected so far, this event included. */
  push(event: RunEvent): number;
}

/**
 * A miss may be retried, so it counts once its cell has ended. Everything else counts at once, since
 * no retry makes it good.
 */
function createFailureCount(isAsExpected: (event: TestEnd) => boolean): FailureCount {
  const failed = new Set<string>();
  const missed = new Map<string, Set<string>>();
  let failedCells = 0;

  function pushTest(event: TestEnd): void {
    const test = keyOf(event.test);
    missed.get(event.cell)?.delete(test);
    if (isAsExpected(event)) return;
    if (event.verdict !== 'miss') failed.add(`${event.cell}\n${test}`);
    else missed.set(event.cell, (missed.get(event.cell) ?? new Set()).add(test));
  }

  return {
    push(event) {
      if (event.type === 'test-end') pushTest(event);
      if (event.type === 'cell-failed') failedCells += 1;
      if (event.type === 'cell-end') {
        for (const test of missed.get(event.cell) ?? []) failed.add(`${event.cell}\n${test}`);
        missed.delete(event.cell);
      }
      return failed.size + failedCells;
    },
  };
}

function keyOf({ file, title }: TestId): string {
  return `${file}\n${title}`;
}
