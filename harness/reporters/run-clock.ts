import type { RunEvent } from '../events.ts';
import { createTimeLeft } from '../report/time-left.ts';
import { describeTimeLeft } from './time-left-words.ts';

/** How long a run has taken, and how long it will take, for people. */
export interface RunClock {
  push(event: RunEvent): void;
  /** Since this part of the run began; a run that is resumed begins anew. */
  elapsedMs(nowMs: number): number;
  /** `about 12 min left`; undefined as long as nobody knows, and once the run is stopping. */
  timeLeft(nowMs: number): string | undefined;
}

/** An estimate looks at every cell that is left, and says the same for a while. */
const ESTIMATE_EVERY_MS = 1000;

/** @param past The first part of a run that is resumed. */
export function createRunClock(past: readonly RunEvent[] = []): RunClock {
  const times = createTimeLeft(past);
  let beginMs: number | undefined;
  let budgetMs: number | undefined;
  let isStopping = false;
  let estimate: { readonly atMs: number; readonly leftMs: number | undefined } | undefined;

  return {
    push(event) {
      times.push(event);
      if (event.type === 'run-stopping') isStopping = event.reason !== 'time-budget';
      if (event.type !== 'run-begin' && event.type !== 'run-resumed') return;
      beginMs = Date.parse(event.time);
      budgetMs = event.bounds?.timeBudgetMs;
    },
    elapsedMs: (nowMs) => nowMs - (beginMs ?? nowMs),
    timeLeft(nowMs) {
      if (beginMs === undefined || isStopping) return undefined;
      if (estimate === undefined || nowMs - estimate.atMs >= ESTIMATE_EVERY_MS) {
        estimate = { atMs: nowMs, leftMs: times.leftMs(nowMs) };
      }
      const { atMs, leftMs } = estimate;
      const sinceMs = nowMs - atMs;
      return describeTimeLeft(
        leftMs === undefined ? undefined : Math.max(0, leftMs - sinceMs),
        budgetMs === undefined ? undefined : beginMs + budgetMs - nowMs,
      );
    },
  };
}
