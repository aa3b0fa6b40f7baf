import { Finder, type PlaceFinder } from './finder.ts';
import { keepCause } from './kernel-frames.ts';
import { createReportStacks } from './report-stacks.ts';
import { createStuckStacks } from './stuck-stacks.ts';

/** Where to look for the place that tells reports apart, if the first line has none. */
export type PlaceIn =
  | 'nowhere'
  /** The instruction that failed or ran too long, else the trace. */
  | 'instruction'
  | 'trace'
  /** The function that wanted the lock, else the trace. */
  | 'lock'
  /** The function that allocated the object, else the trace. */
  | 'allocation'
  /** The function in the trace that allocated for itself, not for whoever called it. */
  | 'leak'
  /** The function that occurs in the trace most often. */
  | 'recursion'
  /** The stack of the task or CPU that the report says is stuck. */
  | 'stuck'
  /** The work that a worker is busy with. */
  | 'work';

export type { PlaceFinder } from './finder.ts';

/** mm/slub.c: print_track */
const ALLOCATED = /^(?:INFO: )?Allocated in ([A-Za-z_][\w.]*)\+0x/;
/** kernel/workqueue.c: show_pwq */
const WORK = /^ +in-flight: \d{1,10}(?:\(RESCUER\))?:([A-Za-z_][\w.]*)/;
/**
 * kernel/locking/lockdep.c: print_lock. Locks that are held have numbers. A tool that knows what is
 * inlined makes several lines of one, and the last one has an offset.
 */
const LOCK_LINE = /^(?! *#\d+: ).{0,200}, at: /;
const LOCK = /, at: (?:\[<[0-9a-f]+>\] *)?([A-Za-z_][\w.]*)(?:\+0x| \()/;
const HELD_LOCK = /^ *#\d+: .{0,200}, at: (?:\[<[0-9a-f]+>\] *)?([A-Za-z_][\w.]*)(?:\+0x| \()/;
const RECURSION_MIN = 3;

/** The first line names no place here; a finder that looks for one is made if there are others. */
export function createPlaceFinder(placeIn: PlaceIn): PlaceFinder {
  let first: string | undefined;
  let finder: PlaceFinder | undefined;

  function begin(line: string): PlaceFinder {
    const made = makeFinder(placeIn);
    made.add(line);
    return made;
  }

  return {
    add(message) {
      if (first === undefined) first = message;
      else {
        finder ??= begin(first);
        finder.add(message);
      }
    },
    get place() {
      return finder?.place;
    },
  };
}

function makeFinder(placeIn: PlaceIn): PlaceFinder {
  switch (placeIn) {
    case 'nowhere':
      return createNameFinder(/(?!)/);
    case 'work':
      return createNameFinder(WORK);
    case 'stuck':
      return createStuckStacks();
    case 'recursion':
      return createRecursionFinder();
    case 'lock':
      return createFirstOf([createLockFinder(), createReportStacks(), createNameFinder(HELD_LOCK)]);
    case 'allocation':
      return createFirstOf([createNameFinder(ALLOCATED), createReportStacks()]);
    default:
      return createReportStacks({ isLeak: placeIn === 'leak' });
  }
}

/** The place of the first finder that has one. */
function createFirstOf(finders: readonly PlaceFinder[]): PlaceFinder {
  return new Finder(
    (message) => {
      for (const finder of finders) finder.add(message);
    },
    () => finders.map((finder) => finder.place).find((place) => place !== undefined),
  );
}

/** What lines of one form name. */
function createNameFinder(text: RegExp): PlaceFinder {
  let place: string | undefined;
  return new Finder(
    (message) => {
      place ??= keepCause(text.exec(message)?.[1]);
    },
    () => place,
  );
}

/** If several functions call each other, always the same one, wherever the stack ran out. */
function createRecursionFinder(): PlaceFinder {
  const stacks = createReportStacks();
  const counts = new Map<string, number>();
  return new Finder(
    (message) => {
      for (const { name, file, isSure } of stacks.add(message)) {
        const cause = isSure ? keepCause(name, file) : undefined;
        if (cause !== undefined) counts.set(cause, (counts.get(cause) ?? 0) + 1);
      }
    },
    () => {
      const most = Math.max(0, ...counts.values());
      const often = [...counts.keys()].filter((name) => (counts.get(name) ?? 0) >= most - 1);
      return most < RECURSION_MIN ? stacks.place : often.sort()[0];
    },
  );
}

/** A lock finder ends with the last of the lines about the lock that a report is about. */
function createLockFinder(): PlaceFinder {
  let place: string | undefined;
  let isOver = false;
  let hasBegun = false;
  return new Finder(
    (message) => {
      const isLock = LOCK_LINE.test(message);
      isOver ||= hasBegun && !isLock;
      if (isOver || !isLock) return;
      hasBegun = true;
      place ??= keepCause(LOCK.exec(message)?.[1]);
    },
    () => place,
  );
}
