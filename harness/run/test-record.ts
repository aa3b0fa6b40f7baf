/**
 * The tests of one cell as they end: each waits for the decision on the one before, so that what a
 * guest still prints is counted for the test that made it print.
 */
import type { EventSink, TestId } from '../events.ts';
import { type Decision, decideVerdict } from '../verdict/decide.ts';
import { GuestLost } from '../worker/guest-lost.ts';
import type { GuestLease, TestResult } from '../worker/messages.ts';
import type { CellGuests } from './cell-guests.ts';
import { now } from './clock.ts';
import { describeTestEnd } from './test-end.ts';

export interface TestRecord {
  /** Tests that have a verdict. */
  readonly done: readonly TestId[];
  /** Planned tests without one. */
  readonly left: readonly TestId[];
  plan(tests: readonly TestId[]): void;
  begin(test: TestId): void;
  end(test: TestId, result: TestResult): void;
  /** A guest for the running test, once the test before it is decided. Rejects with GuestLost. */
  lease(): Promise<GuestLease>;
  /** The running test, if there is one, ends as an error of its own code. */
  blameWorker(how: string): Promise<void>;
  /** Resolves when every test that has ended is decided. */
  settled(): Promise<void>;
}

export function createTestRecord(cell: string, guests: CellGuests, emit: EventSink): TestRecord {
  const done: TestId[] = [];
  let planned: readonly TestId[] | undefined;
  let running: { readonly test: TestId; readonly beginMs: number } | undefined;
  /** Set while the running test could not get a guest. */
  let failedBoot: Decision | undefined;
  let decisions: Promise<void> = Promise.resolve();

  async function decide(test: TestId, result: TestResult): Promise<void> {
    const { current, number: guest } = guests;
    const decision = failedBoot ?? decideVerdict(await describeTestEnd(result, current?.run));
    failedBoot = undefined;
    done.push(test);
    emit({
      type: 'test-end',
      time: now(),
      cell,
      test,
      ...decision,
      durationMs: Math.round(result.durationMs),
      ...(result.claim === 'skip' ? {} : { guest }),
    });
    await guests.afterTest(decision.verdict);
  }

  function end(test: TestId, result: TestResult): void {
    running = undefined;
    decisions = decisions.then(() => decide(test, result));
  }

  return {
    done,
    get left() {
      return planned?.filter((test) => !done.some((other) => isSameTest(test, other))) ?? [];
    },
    plan(tests) {
      if (planned !== undefined) return;
      planned = tests;
      emit({ type: 'tests', time: now(), cell, tests });
    },
    begin(test) {
      running = { test, beginMs: performance.now() };
      emit({ type: 'test-begin', time: now(), cell, test });
    },
    end,
    async lease() {
      await decisions;
      failedBoot = await guests.ensure();
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

function isSameTest(one: TestId, other: TestId): boolean {
  return one.file === other.file && one.title === other.title;
}
