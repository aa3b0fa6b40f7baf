/**
 * The tests of one cell as they end: each waits for the decision on the one before, so that what a
 * guest still prints is counted for the test that made it print.
 */

import { now } from '../../clock.ts';
import { type EventSink, isSameTest, type TestId } from '../../events.ts';
import { decideTestEnd } from '../../live-guest/test-end.ts';
import type { Decision } from '../../verdict/decide.ts';
import { GuestLost } from '../../worker/guest-lost.ts';
import type { GuestLease, TestResult } from '../../worker/messages.ts';
import type { Attempts } from './attempts.ts';
import type { CellGuests } from './cell-guests.ts';

export interface TestRecord {
  /** Tests of this round that have a verdict. */
  readonly done: number;
  /** Tests of this round without one; undefined until the tests are known. */
  readonly left: readonly TestId[] | undefined;
  /** Tests that had a verdict before the first round. */
  readonly known: readonly TestId[];
  /** The first round: all tests that the scenarios have, but for known ones. */
  plan(tests: readonly TestId[]): void;
  /** Another round, of tests that were there before, each in a guest of its own. */
  repeat(tests: readonly TestId[]): Promise<void>;
  begin(test: TestId): void;
  end(test: TestId, result: TestResult): void;
  /**
   * A guest for the running test, once the test before it is decided. Rejects with GuestLost.
   * @param isBooted It must have been booted for this test.
   */
  lease(isBooted: boolean): Promise<GuestLease>;
  /** The running test, if there is one, ends as an error of its own code. */
  blameWorker(how: string): Promise<void>;
  /** Resolves when every test that has ended is decided. */
  settled(): Promise<void>;
}

export interface TestRecordOrder {
  readonly cell: string;
  readonly guests: CellGuests;
  readonly attempts: Attempts;
  /** The cell's tests, where an earlier run of kmx has found them out. */
  readonly planned?: readonly TestId[];
  /** Tests whose results are from an earlier run. */
  readonly known: readonly TestId[];
  readonly emit: EventSink;
}

export function createTestRecord(order: TestRecordOrder): TestRecord {
  const { cell, guests, attempts, known, emit } = order;
  let left: readonly TestId[] | undefined = order.planned?.filter((test) => !attempts.has(test));
  let done = 0;
  let isRepeat = false;
  let running: { readonly test: TestId; readonly beginMs: number } | undefined;
  /** Set while the running test could not get a guest. */
  let failedBoot: Decision | undefined;
  let decisions: Promise<void> = Promise.resolve();

  async function decide(test: TestId, result: TestResult): Promise<void> {
    const { current, number: guest } = guests;
    const decision = failedBoot ?? (await decideTestEnd(result, current?.run));
    failedBoot = undefined;
    done += 1;
    left = left?.filter((other) => !isSameTest(test, other));
    const attempt = attempts.note(test, decision);
    emit({
      type: 'test-end',
      time: now(),
      cell,
      test,
      ...(attempt === 1 ? {} : { attempt }),
      ...decision,
      durationMs: Math.round(result.durationMs),
      ...(result.claim === 'skip' ? {} : { guest }),
    });
    if (isRepeat) await guests.renew('retry');
    else await guests.afterTest(decision.verdict);
  }

  function end(test: TestId, result: TestResult): void {
    running = undefined;
    decisions = decisions.then(() => decide(test, result));
  }

  return {
    get done() {
      return done;
    },
    get left() {
      return left;
    },
    known,
    plan(tests) {
      if (left !== undefined) return;
      left = tests;
      emit({ type: 'tests', time: now(), cell, tests: [...known, ...tests] });
    },
    async repeat(tests) {
      await decisions;
      left = tests;
      isRepeat = true;
      await guests.renew('retry');
    },
    begin(test) {
      running = { test, beginMs: performance.now() };
      emit({ type: 'test-begin', time: now(), cell, test });
    },
    end,
    async lease(isBooted) {
      await decisions;
      const isMoreToCome = left === undefined || left.length > 1;
      const user = running === undefined ? {} : { test: running.test };
      failedBoot = await guests.ensure({ ...user, isBooted, isMoreToCome });
      const { current, number: guest } = guests;
      if (failedBoot !== undefined || current === undefined)
        throw new GuestLost('no guest came up');
      return { guest, agentSocket: current.run.agentSocket };
    },
    async blameWorker(how) {
      if (running === undefined) return;
      const { test, beginMs } = running;
      const message = `the scenario's process ended (${how}) while this test ran; see worker.log`;
      end(test, { claim: 'error', durationMs: performance.now() - beginMs, detail: { message } });
      await decisions;
    },
    settled: () => decisions,
  };
}
