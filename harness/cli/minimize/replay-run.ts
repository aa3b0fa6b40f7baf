/** A run of one cell whose tests are recorded calls: they are named one after the other, while it runs. */
import { InfraError } from '../../errors.ts';
import { BOOTS, type EventSink, isSameTest, type RunEvent } from '../../events.ts';
import type { TriedResult } from '../../reproduce/judge.ts';
import type { CellOptions } from '../../run/cell/cell-options.ts';
import { isGood } from '../../verdict/verdict.ts';
import type { Replay } from '../../worker/replay/make-calls.ts';
import { type ReplayTest, replayWorker } from '../../worker/replay/replay-worker.ts';

/** Runs a cell with these workers. Rejects with the signal's reason if it was aborted. */
export type RunCell = (
  spawnWorker: NonNullable<CellOptions['spawnWorker']>,
  onEvent: EventSink,
) => Promise<unknown>;

/** In the place of a spec file. */
const FILE = 'replayed';

type Next = PromiseWithResolvers<ReplayTest | undefined>;

interface Pending extends PromiseWithResolvers<TriedResult> {
  readonly test: ReplayTest;
}

export class ReplayRun implements AsyncDisposable {
  readonly #ended: Promise<unknown>;
  #next: Next = Promise.withResolvers();
  #pending: Pending | undefined;
  #boots: TriedResult | undefined;
  #count = 0;
  #hasEnded = false;

  constructor(runCell: RunCell) {
    const spawnWorker = () => replayWorker(() => this.#take());
    this.#ended = runCell(spawnWorker, (event) => this.#hear(event)).finally(() => {
      this.#hasEnded = true;
    });
    // Whoever waits for a result hears of it.
    this.#ended.catch(() => {});
  }

  /** No more results come of it. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /**
   * Makes the calls in a guest of their own. If none comes up, its result is that of the guest's start.
   * Call it again only when it has settled. Rejects as the run does.
   */
  async replay(replay: Replay): Promise<TriedResult> {
    this.#count += 1;
    const test = { ...replay, test: { file: FILE, title: String(this.#count) } };
    const pending = { ...Promise.withResolvers<TriedResult>(), test };
    this.#pending = pending;
    this.#next.resolve(test);
    const ended = this.#ended.then(() => this.#resultWithoutTest());
    return await Promise.race([pending.promise, ended]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#next.resolve(undefined);
    await this.#ended;
  }

  async #take(): Promise<ReplayTest | undefined> {
    const taken = await this.#next.promise;
    if (taken !== undefined) this.#next = Promise.withResolvers();
    return taken;
  }

  #hear(event: RunEvent): void {
    if (event.type !== 'test-end') return;
    if (isSameTest(event.test, BOOTS)) this.#boots = event;
    const pending = this.#pending;
    if (pending !== undefined && isSameTest(event.test, pending.test.test)) pending.resolve(event);
  }

  #resultWithoutTest(): TriedResult {
    if (this.#boots !== undefined && !isGood(this.#boots.verdict)) return this.#boots;
    throw new InfraError('the guest could not be used: no calls were made in it', {
      code: 'NOT_MEASURED',
      remedy: 'kmx doctor says what this host lacks',
    });
  }
}
