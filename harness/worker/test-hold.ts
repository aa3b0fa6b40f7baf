import type Mocha from 'mocha';
import type { LeasedGuest, WorkerStart } from './messages.ts';
import type { ParentLink } from './parent-link.ts';

/**
 * Lets whoever attends the tests hold one: before it begins, and when it has failed. What a test is
 * held for counts for none of its limits. Nothing of this happens to tests that nobody attends.
 */
export class TestHold {
  readonly isAttended: boolean;
  readonly #link: ParentLink;
  #runner: Pick<Mocha.Runner, 'currentRunnable'> | undefined;
  #failure: Promise<unknown> | undefined;
  readonly #holdsCalls: boolean;
  /** Settles when the last call that was held has begun. */
  #lastCall: Promise<unknown> = Promise.resolve();

  constructor(
    link: ParentLink,
    { isAttended = false, holdsCalls = false }: Pick<WorkerStart, 'isAttended' | 'holdsCalls'>,
  ) {
    this.#link = link;
    this.isAttended = isAttended;
    this.#holdsCalls = isAttended && holdsCalls;
  }

  /** The runner of the tests. */
  watch(runner: Pick<Mocha.Runner, 'currentRunnable'>): void {
    this.#runner = runner;
  }

  beginTest(): void {
    this.#failure = undefined;
  }

  /** The parent holds the test before it hands out the guest. */
  async lease(isBooted: boolean): Promise<LeasedGuest> {
    return await this.#outsideLimit(() => this.#link.lease(isBooted));
  }

  /**
   * Holds a call of the test, one at a time: the next one is not held before this one was made. Undefined if
   * calls are not held, or the test has failed already.
   */
  beforeCall(): Promise<void> | undefined {
    if (!this.#holdsCalls || this.#failure !== undefined) return undefined;
    const held = this.#lastCall.then(() => this.#outsideLimit(() => this.#link.tellBeforeCall()));
    // Whoever waits for it makes the call at once, before anything that comes from outside.
    const made = () => new Promise(setImmediate);
    this.#lastCall = held.then(made, made);
    return held.then(() => undefined);
  }

  /**
   * The test has failed. Only the first call for a test counts.
   * @returns Resolves when the test may be cleaned up.
   */
  async tellFailure(): Promise<void> {
    if (!this.isAttended) return;
    this.#failure ??= this.#link.tellFailure();
    await this.#failure;
  }

  /** Waits in a hook or test until the test is not held any more; at once if it is not. */
  async untilReleased(): Promise<void> {
    const failure = this.#failure;
    if (failure !== undefined) await this.#outsideLimit(() => failure);
  }

  /** Mocha counts from the begin of a hook or test, also when its limit is set anew. */
  async #outsideLimit<T>(wait: () => Promise<T>): Promise<T> {
    const runnable = this.isAttended ? this.#runner?.currentRunnable : undefined;
    const limitMs = runnable?.timeout() ?? 0;
    if (runnable === undefined || limitMs === 0) return await wait();
    const beginMs = performance.now();
    runnable.timeout(0);
    try {
      return await wait();
    } finally {
      runnable.timeout(limitMs + Math.ceil(performance.now() - beginMs));
    }
  }
}
