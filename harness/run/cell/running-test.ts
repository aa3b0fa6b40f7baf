import type { EmitForCell, TestId } from '../../events.ts';
import type { LiveGuest } from '../../live-guest/live-guest.ts';
import type { Cell } from '../../matrix/cell.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import type { TracedCall } from '../../trace/traced-call.ts';
import type { Decision } from '../../verdict/decide.ts';
import { isGood, type Verdict } from '../../verdict/verdict.ts';
import { GuestLost } from '../../worker/guest-lost.ts';
import type { TestResult } from '../../worker/messages.ts';
import type { Attempts } from './attempts.ts';
import type { AttendedTest, TestAttendant } from './attendant.ts';
import type { CellGuests, WantedGuest } from './cell-guests.ts';
import type { GuestLease } from './guest-lease.ts';
import { decideFailedStart, decideTestEnd } from './test-end.ts';

/** What the tests of a cell share. */
export interface TestContext {
  readonly guests: CellGuests;
  readonly attempts: Attempts;
  readonly emit: EmitForCell;
  readonly cell: Cell;
  /** Absent: nobody attends the tests. */
  readonly attendant?: TestAttendant;
}

/** One test from its beginning to its verdict. It owns the lease of its guest. */
export class RunningTest {
  readonly test: TestId;
  readonly #context: TestContext;
  readonly #beginMs = performance.now();
  #lease: GuestLease | undefined;
  /** The leased guest was booted for this test. */
  #isBooted = false;
  #hasEnded = false;
  #hasAttendedFailure = false;

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
   * Leases a guest; repeated calls return the same one if it is suitable. Rejects with GuestLost if
   * none came up, or if the test has ended.
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

  /** Holds the test before it uses its guest. Rejects with GuestLost if that is lost meanwhile. */
  async attendBegin(): Promise<void> {
    const { attendant } = this.#context;
    const attended = this.#attended;
    if (attendant?.beforeTest === undefined || attended === undefined) return;
    await attendant.beforeTest(attended);
    if (attended.guest.isLost) throw new GuestLost('the guest was lost before the test began');
  }

  attendCall(call: TracedCall): void {
    this.#context.attendant?.onCall?.(call, this.test);
  }

  /** Holds a call that the test is about to make. */
  async attendBeforeCall(): Promise<void> {
    const attended = this.#attended;
    if (attended === undefined || attended.guest.isLost) return;
    await this.#context.attendant?.beforeCall?.(attended);
  }

  /** Holds the test when it has failed, but only once. */
  async attendFailure(): Promise<void> {
    const attended = this.#attended;
    if (attended === undefined || this.#hasAttendedFailure) return;
    this.#hasAttendedFailure = true;
    await this.#context.attendant?.atFailure?.(attended);
  }

  /** The test's guest. Throws GuestLost unless it has this number. */
  guestOf(number: number): LiveGuest {
    const guest = this.#lease?.outcome;
    if (guest?.kind === 'live' && guest.number === number) return guest;
    throw new GuestLost(`guest ${number} does not belong to the running test`);
  }

  /**
   * Decides on the test, reports it, and releases its guest.
   * @param hasVerdict The test already has a verdict: only a bad one is reported.
   */
  async end(result: TestResult, hasVerdict = false): Promise<Decision> {
    this.#hasEnded = true;
    const outcome = this.#lease?.outcome;
    const guest = outcome?.kind === 'live' ? outcome : undefined;
    const decision =
      outcome?.kind === 'failed'
        ? await decideFailedStart(outcome)
        : await decideTestEnd(result, guest);
    if (!isGood(decision.verdict)) await this.attendFailure();
    const isNews = !hasVerdict || !isGood(decision.verdict);
    if (isNews) this.#report(decision, result, outcome?.number);
    const attended = this.#attended;
    if (attended !== undefined) await this.#context.attendant?.afterTest?.(attended, decision);
    this.#release(decision.verdict);
    return decision;
  }

  /** Undefined for a test without a guest. */
  get #attended(): AttendedTest | undefined {
    const guest = this.#lease?.outcome;
    if (guest?.kind !== 'live') return undefined;
    const { cell, guests } = this.#context;
    return { cell, test: this.test, guest, ...omitUndefined({ others: guests.others }) };
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
