import { setTimeout } from 'node:timers/promises';
import type { ChangeDetector } from './change-detector.ts';

/** How often files are looked at. */
const LOOK_EVERY_MS = 100;

export interface Round {
  /** From 1. */
  readonly number: number;
  /** The files whose bytes have changed since the last round; none in the first. */
  readonly changed: readonly string[];
}

export interface WatchLoopOptions {
  readonly detector: Pick<ChangeDetector, 'look'>;
  /** Rejects with the signal's reason if it is aborted: files have changed meanwhile. Any other error ends the loop. */
  readonly runRound: (round: Round, signal: AbortSignal) => Promise<void>;
  /** Ends the loop. */
  readonly signal: AbortSignal;
}

/** Runs a round, and another whenever files have changed. Never resolves. */
export async function watchLoop({ detector, runRound, signal }: WatchLoopOptions): Promise<never> {
  let changed: readonly string[] = [];
  for (let number = 1; ; number += 1) {
    const outdated = new AbortController();
    const over = new AbortController();
    const stopLooking = AbortSignal.any([signal, over.signal]);
    const changing = nextChange(detector, stopLooking).then((paths) => {
      outdated.abort();
      return paths;
    });
    // Whoever waits for the round hears of it later.
    changing.catch(() => {});
    try {
      await runRound({ number, changed }, AbortSignal.any([signal, outdated.signal]));
    } catch (error) {
      if (error !== outdated.signal.reason) {
        over.abort();
        throw error;
      }
    }
    changed = await changing;
  }
}

async function nextChange(
  detector: WatchLoopOptions['detector'],
  signal: AbortSignal,
): Promise<readonly string[]> {
  for (;;) {
    await setTimeout(LOOK_EVERY_MS, undefined, { signal });
    const paths = await detector.look(performance.now());
    if (paths.length > 0) return paths;
  }
}
