/** The function that a report about locks is about. */
import { keepCause } from './kernel-frames.ts';
import type { PlaceFinder } from './place.ts';
import { createReportStacks } from './report-stacks.ts';

const AT = String.raw`, at: (?:\[<[0-9a-f]+>\] *)?([A-Za-z_][\w.]*)(?:\+0x| \()`;
/**
 * kernel/locking/lockdep.c: print_lock. Locks that are held have numbers. A tool that knows what is
 * inlined makes several lines of one, and the last one has an offset.
 */
const LOCK_LINE = /^(?! *#\d+: ).{0,200}, at: /;
const LOCK = new RegExp(AT);
const HELD_LOCK = new RegExp(`^ *#\\d+: .{0,200}${AT}`);

/**
 * Who wanted the lock; else what the task did; else, of locks that are held for too long, who took
 * the first one.
 */
export function createLockPlace(): PlaceFinder {
  const stacks = createReportStacks();
  let wanted: string | undefined;
  let held: string | undefined;
  let hasBegun = false;
  let isOver = false;

  /** The lines about the lock that the report is about come first, with no other between them. */
  function readLock(message: string): void {
    const isLock = LOCK_LINE.test(message);
    isOver ||= hasBegun && !isLock;
    if (isOver || !isLock) return;
    hasBegun = true;
    wanted ??= keepCause(LOCK.exec(message)?.[1]);
  }

  return {
    add(message) {
      readLock(message);
      held ??= keepCause(HELD_LOCK.exec(message)?.[1]);
      stacks.add(message);
    },
    get place() {
      return wanted ?? (stacks.hasCause ? stacks.place : (held ?? stacks.place));
    },
  };
}
