import type { TestId } from '../../events.ts';
import type { LiveGuest, PrintedOutput } from '../../live-guest/live-guest.ts';
import type { Cell } from '../../matrix/cell.ts';
import type { TracedCall } from '../../trace/traced-call.ts';
import type { Decision } from '../../verdict/decide.ts';
import type { OtherGuests } from './other-guests.ts';

/** A test with the guest that it has. */
export interface AttendedTest {
  readonly cell: Cell;
  readonly test: TestId;
  readonly guest: LiveGuest;
  /** Absent where guests cannot be saved. */
  readonly others?: OtherGuests;
}

/**
 * Watches tests, and may hold one while somebody looks at its guest. What a test is held for counts for
 * none of its limits. None of these may reject. When the run is aborted, guests end and nobody waits for
 * what is still pending here.
 */
export interface TestAttendant {
  /** True: guests of tests are started so that they can be saved, which takes longer. */
  readonly savesGuests?: boolean;
  /** The guest is up with a healthy agent, which the test has not called yet. The test waits. */
  beforeTest?(at: AttendedTest): Promise<void>;
  /** The test is about to make a call, one at a time, and waits. Not called once it has failed. */
  beforeCall?(at: AttendedTest): Promise<void>;
  /**
   * The test has failed, a call hangs, or the agent has panicked. The test waits, and nothing has been
   * cleaned up yet; except where a test's own code saw no failure, such as an oops that it survived.
   * The guest may be lost. Called once for a test.
   */
  atFailure?(at: AttendedTest): Promise<void>;
  /** The test has its verdict. Its guest is still there, unless it is lost; the next test waits. */
  afterTest?(at: AttendedTest, decision: Decision): Promise<void>;
  /**
   * A piece of what a guest of the tests prints, from the moment its machine starts; of one that waits for
   * its test, too.
   */
  onOutput?(printed: PrintedOutput): void;
  /** A call of the test began, was answered, was refused, or was given up. */
  onCall?(call: TracedCall, test: TestId): void;
}
