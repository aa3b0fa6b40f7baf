import { setTimeout } from 'node:timers/promises';
import type { ChangeDetector } from './change-detector.ts';

/** How often files are looked at. */
const LOOK_EVERY_MS = 100;
/** A second: linkers remove the agent for a moment. */
const LOOKS_UNTIL_MISSING = 10;

export interface Round {
  /** From 1. */
  readonly number: number;
  /** The files whose bytes have changed since the last round; none in the first. */
  readonly changed: readonly string[];
}

export interface WatchLoopOptions {
  readonly detector: Pick<ChangeDetector, 'look' | 'missing'>;
  /** Rejects with the signal's reason if it is aborted: files have changed meanwhile. Any other error ends the loop. */
  readonly runRound: (round: Round, signal: AbortSignal) => Promise<void>;
  /** Between rounds: files have gone without which no round begins. Called once until they are back. */
  readonly onMissing: (paths: readonly string[]) => void;
  /** Ends the loop. */
  readonly signal: AbortSignal;
}

/** Runs a round, and another whenever files have changed. Never resolves. */
export async function watchLoop(options: WatchLoopOptions): Promise<never> {
  const { runRound, signal } = options;
  let changed: readonly string[] = [];
  for (let number = 1; ; number += 1) {
    const outdated = new AbortController();
    const over = new AbortController();
    const stopLooking = AbortSignal.any([signal, over.signal]);
    // While a round runs, its own fault says what is missing.
    let isWaiting = false;
    const changing = nextChange(options, () => isWaiting, stopLooking).then((paths) => {
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
    isWaiting = true;
    changed = await changing;
  }
}

async function nextChange(
  { detector, onMissing }: WatchLoopOptions,
  isWaiting: () => boolean,
  signal: AbortSignal,
): Promise<readonly string[]> {
  let looksWithout = 0;
  for (;;) {
    await setTimeout(LOOK_EVERY_MS, undefined, { signal });
    const paths = await detector.look(performance.now());
    if (paths.length > 0) return paths;
    looksWithout = isWaiting() && detector.missing.length > 0 ? looksWithout + 1 : 0;
    if (looksWithout === LOOKS_UNTIL_MISSING) onMissing(detector.missing);
  }
}
