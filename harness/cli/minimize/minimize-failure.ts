/**
 * From a failure that was just reproduced to the least that still shows it: first the calls of its test and what is in
 * their requests, then boot parameters, memory and CPUs of its guest.
 */
import { findLeast } from '../../minimize/find-least.ts';
import { countParts, type JsonObject, type JsonValue } from '../../minimize/json-tree.ts';
import { minimizeValue } from '../../minimize/minimize-value.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { count } from '../../phrases.ts';
import { judgeTry, type Tried, type TriedResult } from '../../reproduce/judge.ts';
import type { Original } from '../../reproduce/original.ts';
import type { RepeatableCall } from '../../trace/repeatable-calls.ts';
import type { Replay } from '../../worker/replay/make-calls.ts';
import type { Bench } from './bench.ts';
import { callsOfValue, valueOfCalls } from './call-value.ts';
import type { GuestSetting } from './guest-setting.ts';

/** The least so far. Whatever is absent could not be made less, or is not known yet. */
export interface Smallest {
  /** Absent: the test itself has to run. */
  readonly calls?: readonly RepeatableCall[];
  /** Absent: the guest has no kernel of its own. */
  readonly guest?: GuestSetting;
  /** Less of the guest was tried, and does not show it. */
  readonly isGuestLeast: boolean;
  /** A result that shows it. */
  readonly result: TriedResult;
}

export interface MinimizeFailureOptions {
  readonly bench: Pick<Bench, 'setting' | 'replay' | 'endReplays' | 'boot'>;
  /** What has to come again, as it just came. */
  readonly original: Original;
  /** That just came. */
  readonly result: TriedResult;
  /** Of the test. */
  readonly calls: readonly RepeatableCall[];
  /** How often each candidate is tried until it shows the failure. */
  readonly times: number;
  /** Its guest is made smaller, too. */
  readonly hasGuest: boolean;
  readonly progress: MinimizeProgress;
  /** Hears of the least whenever it gets less. */
  readonly onSmallest: (smallest: Smallest) => void;
}

/** What was tried, and what came of it. Plain JSON. */
export interface TriedCandidate extends Tried, Partial<GuestSetting> {
  /** Absent: the test itself ran, or the calls as in the candidate before. */
  readonly calls?: JsonObject;
}

export interface MinimizeProgress {
  /** One more candidate was tried. */
  tried(candidate: TriedCandidate): void;
  /** There is less now: what is left. */
  left(part: string, what: string): void;
  /** Why a part is not made smaller. */
  note(sentence: string): void;
}

const MEMORY_STEP_MIB = 16;
/** No kernel of a matrix can start with less. */
const MEMORY_LOWEST_MIB = 16;
/** For all calls, and for a booted guest: everything depends on it, and a busy host may delay a guest too long. */
const WHOLE_TIMES = 3;
/** Further tries of what the host did not measure. */
const MISS_RETRIES = 2;

/** Rejects as the bench does. */
export async function minimizeFailure(options: MinimizeFailureOptions): Promise<Smallest> {
  const search = new FailureSearch(options, await options.bench.setting());
  await search.minimizeCalls();
  await options.bench.endReplays();
  if (options.hasGuest) await search.minimizeGuest();
  return search.smallest;
}

class FailureSearch {
  readonly #options: MinimizeFailureOptions;
  smallest: Smallest;
  /** What the last candidate showed that did not show it. */
  #other = '';

  constructor(options: MinimizeFailureOptions, guest: GuestSetting | undefined) {
    this.#options = options;
    this.smallest = { isGuestLeast: false, result: options.result, ...omitUndefined({ guest }) };
    options.onSmallest(this.smallest);
  }

  async minimizeCalls(): Promise<void> {
    const { calls: all, progress, bench } = this.#options;
    if (all.length === 0)
      return progress.note('the test makes no calls: its guest is all there is');
    progress.left('calls', describeCalls(all));
    const shows = async (
      calls: readonly RepeatableCall[],
      times = this.#options.times,
    ): Promise<boolean> =>
      await this.#isShown({ calls }, () => bench.replay(this.#replayOf(calls)), times);
    if (!(await shows(all, Math.max(this.#options.times, WHOLE_TIMES)))) {
      progress.note(`its calls alone show ${this.#other} instead: the test has to run as it is`);
      return;
    }
    await minimizeValue(valueOfCalls(all), {
      isShown: async (value) => {
        const calls = callsOfValue(value, all);
        return calls !== undefined && (await shows(calls));
      },
      onSmaller: (value) => progress.left('calls', describeCalls(callsOfValue(value, all) ?? [])),
    });
  }

  async minimizeGuest(): Promise<void> {
    const setting = this.smallest.guest;
    if (setting === undefined) return;
    if (!(await this.#isShownIn({}, Math.max(this.#options.times, WHOLE_TIMES)))) {
      const { progress } = this.#options;
      progress.note(`a guest that boots shows ${this.#other} instead: the guest stays as it is`);
      return;
    }
    await this.#minimizeParameters(setting.bootParameters);
    // Each CPU takes some of the memory.
    await this.#minimizeNumber('CPUs', setting.cpus);
    await this.#minimizeNumber('memory', setting.memoryMib);
    this.#keep({ isGuestLeast: true });
  }

  async #minimizeParameters(all: readonly string[]): Promise<void> {
    const { progress } = this.#options;
    await minimizeValue([...all], {
      isShown: async (value) => await this.#isShownIn({ bootParameters: wordsOf(value) }),
      onSmaller: (value) => progress.left('boot', describeParameters(wordsOf(value))),
      // Another word would be another parameter.
      simpler: () => [],
    });
  }

  async #minimizeNumber(what: 'memory' | 'CPUs', known: number): Promise<void> {
    const { progress } = this.#options;
    const isMemory = what === 'memory';
    await findLeast({
      known,
      ...(isMemory ? { lowest: MEMORY_LOWEST_MIB, step: MEMORY_STEP_MIB } : { lowest: 1, step: 1 }),
      isShown: async (number) =>
        await this.#isShownIn(isMemory ? { memoryMib: number } : { cpus: number }),
      onLess: (number) => progress.left(what, isMemory ? `${number} MiB` : count(number, 'CPU')),
    });
  }

  /** With one thing about the smallest guest changed. */
  async #isShownIn(change: Partial<GuestSetting>, times = this.#options.times): Promise<boolean> {
    const { guest, calls } = this.smallest;
    if (guest === undefined) throw new Error('Expected a guest with a kernel of its own');
    const changed = { ...guest, ...change };
    const replay = calls && this.#replayOf(calls);
    return await this.#isShown(
      { guest: changed },
      () => this.#options.bench.boot(changed, replay),
      times,
    );
  }

  /** Tries it until it shows the failure. Whoever does is the smallest: only less than that is tried. */
  async #isShown(
    candidate: Pick<Smallest, 'calls' | 'guest'>,
    run: () => Promise<TriedResult>,
    times = this.#options.times,
  ): Promise<boolean> {
    const { original, progress } = this.#options;
    let misses = 0;
    for (let tries = 0; tries < times; tries += 1) {
      const result = await run();
      const judged = judgeTry(original, result);
      const { outcome, what } = judged;
      if (outcome === 'not-measured' && misses < MISS_RETRIES) {
        misses += 1;
        tries -= 1;
        continue;
      }
      progress.tried({ ...judged, ...describeCandidate(candidate) });
      if (outcome !== 'reproduced') {
        this.#other = what;
        continue;
      }
      this.#keep({ ...candidate, result });
      return true;
    }
    return false;
  }

  #keep(change: Partial<Smallest>): void {
    this.smallest = { ...this.smallest, ...change };
    this.#options.onSmallest(this.smallest);
  }

  #replayOf(calls: readonly RepeatableCall[]): Replay {
    return { calls, message: this.#options.result.detail?.message };
  }
}

function describeCandidate({
  calls,
  guest,
}: Pick<Smallest, 'calls' | 'guest'>): Omit<TriedCandidate, keyof Tried> {
  return { ...guest, ...(calls && { calls: valueOfCalls(calls) }) };
}

function wordsOf(value: JsonValue): readonly string[] {
  return value as readonly string[];
}

function describeParameters({ length }: readonly string[]): string {
  return length === 0 ? 'no boot parameters' : count(length, 'boot parameter');
}

/** `1 call, 12 fields` */
export function describeCalls(calls: readonly RepeatableCall[]): string {
  const fields = calls.reduce((sum, { request }) => sum + countParts(request), 0);
  return `${count(calls.length, 'call')}, ${count(fields, 'field')}`;
}
