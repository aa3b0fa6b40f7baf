/**
 * One pass over tests of a cell: a worker runs them, replaced by another one if it dies, until
 * every test has a verdict. Each test waits for the decision on the previous one, so that late
 * output counts for the test that caused it.
 */
import { InfraError } from '../../errors.ts';
import { type GuestFacts, isSameTest, type TestId } from '../../events.ts';
import type { Cell } from '../../matrix/cell.ts';
import type { RunLimits } from '../../matrix/scaled-limits.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import type { TracedCall } from '../../trace/traced-call.ts';
import { GuestLost } from '../../worker/guest-lost.ts';
import type { WorkerHandlers } from '../../worker/host.ts';
import type { LeasedGuest, TestResult, WorkerStart } from '../../worker/messages.ts';
import type { ScenarioSet } from './cell-options.ts';
import type { CellResults } from './cell-results.ts';
import type { CellWorkers } from './cell-workers.ts';
import { RunningTest, type TestContext } from './running-test.ts';

export interface TestRoundOptions {
  readonly cell: Cell;
  /** Reported by the cell's first guest. */
  readonly facts: GuestFacts;
  readonly limits: RunLimits;
  readonly scenarios: ScenarioSet;
  readonly tests: TestContext;
  readonly workers: CellWorkers;
  readonly results: CellResults;
  /** The tests of the round; undefined: all tests of the spec files, except `done` ones. */
  readonly wanted: readonly TestId[] | undefined;
  /** Tests that already have a verdict. */
  readonly done: readonly TestId[];
  /** Called once, with the cell's tests. */
  readonly onPlanned: (tests: readonly TestId[]) => void;
  /** The tests are retried, each in a guest of its own. */
  readonly isRetry: boolean;
  readonly signal: AbortSignal;
}

/** A silent worker counts as stuck after this many times the limits of a test. */
const STUCK_FACTOR = 3;
const IDLE_WORKERS_MAX = 5;

export class TestRound implements WorkerHandlers {
  readonly #options: TestRoundOptions;
  /** Tests without a verdict; undefined until the tests are listed. */
  #left: readonly TestId[] | undefined;
  #doneCount = 0;
  #running: RunningTest | undefined;
  /** Resolves when every test that has ended has been decided. */
  #decided: Promise<void> = Promise.resolve();
  #stuck: NodeJS.Timeout | undefined;

  constructor(options: TestRoundOptions) {
    this.#options = options;
    this.#left = options.wanted;
  }

  /** Throws if several workers in a row end without having run a test. */
  async run(): Promise<void> {
    const { workers, signal, cell } = this.#options;
    let idleWorkers = 0;
    while (!signal.aborted && this.#left?.length !== 0) {
      const doneBefore = this.#doneCount;
      const { isDone, how } = await workers.run(this.#startMessage(), this);
      clearTimeout(this.#stuck);
      await this.#decided;
      if (signal.aborted) return;
      if (!isDone) await this.#blameWorker(how);
      idleWorkers = this.#doneCount === doneBefore ? idleWorkers + 1 : 0;
      // One that was killed before its first test says nothing about the next one.
      const isHopeless = isDone || idleWorkers === IDLE_WORKERS_MAX;
      if (idleWorkers > 0 && isHopeless && this.#left?.length !== 0) {
        throw new InfraError(`the worker of ${cell.id} ended (${how}) without having run a test`, {
          code: 'WORKER_ENDED',
          remedy: "see worker.log in the cell's folder",
        });
      }
    }
  }

  onTests(tests: readonly TestId[], all: readonly TestId[]): void {
    this.#options.results.onTests(all);
    if (this.#left !== undefined) return;
    this.#left = tests;
    this.#options.onPlanned([...this.#options.done, ...tests]);
  }

  onModules(modules: Parameters<WorkerHandlers['onModules']>[0]): void {
    this.#options.results.onModules(modules);
  }

  onTestBegin(test: TestId): void {
    this.#running = RunningTest.begin(test, this.#options.tests);
    this.#watchWorker();
  }

  /** A test that is skipped before it begins has only an end. */
  onTestEnd(test: TestId, result: TestResult): void {
    clearTimeout(this.#stuck);
    const running = this.#running;
    this.#running = undefined;
    const isRunning = running !== undefined && isSameTest(running.test, test);
    this.#end(isRunning ? running : new RunningTest(test, this.#options.tests), result);
  }

  /** Leases a guest for the running test, once the previous test has been decided. */
  async lease(isBooted: boolean): Promise<LeasedGuest> {
    const running = this.#requireRunning();
    await this.#decided;
    const testsToCome = this.#left === undefined ? Number.POSITIVE_INFINITY : this.#left.length - 1;
    const guest = await running.lease({ test: running.test, isBooted, testsToCome });
    await this.#hold(() => running.attendBegin());
    void guest.lost.then(() => this.#options.workers.lose(guest.number));
    return { guest: guest.number, agentSocket: guest.agentSocket };
  }

  onCall(call: TracedCall): void {
    this.#running?.attendCall(call);
  }

  async onBeforeCall(): Promise<void> {
    await this.#hold(async () => await this.#running?.attendBeforeCall());
  }

  async onFailure(): Promise<void> {
    await this.#hold(async () => await this.#running?.attendFailure());
  }

  async takePicture(guest: number): Promise<string> {
    return await this.#requireRunning().guestOf(guest).takePicture();
  }

  async call(guest: number, method: string, params: object, timeoutMs: number): Promise<unknown> {
    return await this.#requireRunning().guestOf(guest).call(method, params, timeoutMs);
  }

  #startMessage(): WorkerStart {
    const { cell, facts, scenarios, limits, done } = this.#options;
    return omitUndefined({
      type: 'start',
      cell,
      facts,
      scenarioFiles: scenarios.files,
      scenarioRoot: scenarios.root,
      testFilter: scenarios.testFilter,
      done: this.#left === undefined ? done : undefined,
      wanted: this.#left,
      isAttended: this.#options.tests.attendant === undefined ? undefined : true,
      holdsCalls: this.#options.tests.attendant?.beforeCall === undefined ? undefined : true,
      limits,
    });
  }

  #requireRunning(): RunningTest {
    if (this.#running === undefined) throw new GuestLost('no test is running');
    return this.#running;
  }

  #end(running: RunningTest, result: TestResult): void {
    this.#decided = this.#decided.then(async () => {
      await running.end(result);
      this.#doneCount += 1;
      this.#left = this.#left?.filter((other) => !isSameTest(running.test, other));
      if (this.#options.isRetry) this.#options.tests.guests.retire('retry');
    });
  }

  /** Ends the running test, if there is one, as an error of its own code. */
  async #blameWorker(how: string): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    const message = `the scenario's process ended (${how}) while this test ran; see worker.log`;
    this.#end(running, { claim: 'error', durationMs: running.elapsedMs, detail: { message } });
    await this.#decided;
  }

  /** A test that is held is not stuck. Without an attendant there is nothing to wait for. */
  async #hold(attend: () => Promise<void>): Promise<void> {
    if (this.#options.tests.attendant === undefined) return;
    const running = this.#running;
    clearTimeout(this.#stuck);
    await attend();
    if (running !== undefined && this.#running === running) this.#watchWorker();
  }

  #watchWorker(): void {
    const { limits, workers } = this.#options;
    const stuckMs = STUCK_FACTOR * (limits.bootTimeoutMs + limits.testTimeoutMs);
    clearTimeout(this.#stuck);
    this.#stuck = setTimeout(() => workers.kill(), stuckMs);
  }
}
