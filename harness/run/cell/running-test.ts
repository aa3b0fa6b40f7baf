import type { EmitForCell, TestId } from '../../events.ts';
import type { LiveGuest } from '../../live-guest/live-guest.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import type { Decision } from '../../verdict/decide.ts';
import { isGood, type Verdict } from '../../verdict/verdict.ts';
import { GuestLost } from '../../worker/guest-lost.ts';
import type { TestResult } from '../../worker/messages.ts';
import type { Attempts } from './attempts.ts';
import type { CellGuests, WantedGuest } from './cell-guests.ts';
import type { GuestLease } from './guest-lease.ts';
import { decideFailedStart, decideTestEnd } from './test-end.ts';

/** What the tests of a cell share. */
export interface TestContext {
  readonly guests: CellGuests;
  readonly attempts: Attempts;
  readonly emit: EmitForCell;
}

/** One test from its begin to its verdict: it owns the lease of the guest that it runs in. */
export class RunningTest {
  readonly test: TestId;
  readonly #context: TestContext;
  readonly #beginMs = performance.now();
  #lease: GuestLease | undefined;
  /** The guest of the lease was booted for this test. */
  #isBooted = false;
  #hasEnded = false;

  constructor(test: TestId, context: TestContext) {
    this.test = test;
    this.#context = context;
  }

  static begin(test: TestId, context: TestContext): RunningTest {
    context.emit({ type: 'test-begin', test });
    return new RunningTest(test, context);
  }

  get elapsedMs(): number {
    return performance.now() - this.#beginMs;
  }

  /**
   * A guest to use; asked again, the same one if it fits. Rejects with GuestLost if none came up, or
   * the test has ended meanwhile.
   */
  async lease(wanted: WantedGuest): Promise<LiveGuest> {
    if (this.#hasEnded) throw new GuestLost('the test has ended');
    if (this.#lease !== undefined && wanted.isBooted === true && !this.#isBooted) {
      this.#context.guests.retire('boot');
      this.#release('pass');
    }
    if (this.#lease === undefined) {
      this.#lease = this.#context.guests.lease(wanted);
      this.#isBooted = wanted.isBooted === true;
    }
    const started = await this.#lease.started;
    if (started.kind === 'failed') throw new GuestLost('no guest came up');
    return started;
  }

  /** The guest that the test has. Throws GuestLost if that is not the one of this number. */
  guestOf(number: number): LiveGuest {
    const guest = this.#lease?.outcome;
    if (guest?.kind === 'live' && guest.number === number) return guest;
    throw new GuestLost(`guest ${number} is not the one of the running test`);
  }

  /**
   * Decides on the test, reports it, and gives its guest back.
   * @param hasVerdict It has a verdict from before: reported only if it is not good.
   */
  async end(result: TestResult, hasVerdict = false): Promise<Decision> {
    this.#hasEnded = true;
    const outcome = this.#lease?.outcome;
    const guest = outcome?.kind === 'live' ? outcome : undefined;
    const decision =
      outcome?.kind === 'failed'
        ? await decideFailedStart(outcome)
        : await decideTestEnd(result, guest);
    const isNews = !hasVerdict || !isGood(decision.verdict);
    if (isNews) this.#report(decision, result, outcome?.number);
    this.#release(decision.verdict);
    return decision;
  }

  #report(decision: Decision, { claim, durationMs }: TestResult, guest: number | undefined): void {
    const { attempts, emit } = this.#context;
    const attempt = attempts.add(this.test, decision);
    emit({
      type: 'test-end',
      test: this.test,
      ...decision,
      durationMs: Math.round(durationMs),
      ...omitUndefined({
        attempt: attempt === 1 ? undefined : attempt,
        guest: claim === 'skip' ? undefined : guest,
      }),
    });
  }

  #release(verdict: Verdict): void {
    if (this.#lease === undefined) return;
    this.#context.guests.release(this.#lease, verdict);
    this.#lease = undefined;
  }
}
