import { createAllocationPlace } from './allocation-place.ts';
import { keepCause } from './kernel-frames.ts';
import { createLockPlace } from './lock-place.ts';
import type { PlaceFinder } from './place.ts';
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

/** kernel/workqueue.c: show_pwq */
const WORK = /^ +in-flight: \d{1,10}(?:\(RESCUER\))?:([A-Za-z_][\w.]*)/;
const RECURSION_MIN = 3;

export function createPlaceFinder(placeIn: PlaceIn): PlaceFinder {
  return new LateFinder(placeIn);
}

/**
 * Most reports of one line name no place beyond it: the finder is made when a second line comes. A
 * class, since one is made for each report: V8 keeps an object with a getter of its own in a slow form.
 */
class LateFinder implements PlaceFinder {
  readonly #placeIn: PlaceIn;
  #first: string | undefined;
  #finder: PlaceFinder | undefined;

  constructor(placeIn: PlaceIn) {
    this.#placeIn = placeIn;
  }

  add(message: string): void {
    if (this.#first === undefined) {
      this.#first = message;
      return;
    }
    this.#finder ??= begin(this.#placeIn, this.#first);
    this.#finder.add(message);
  }

  get place(): string | undefined {
    return this.#finder?.place;
  }
}

function begin(placeIn: PlaceIn, line: string): PlaceFinder {
  const made = makeFinder(placeIn);
  made.add(line);
  return made;
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
      return createLockPlace();
    case 'allocation':
      return createAllocationPlace();
    default:
      return createReportStacks({ isLeak: placeIn === 'leak' });
  }
}

/** What lines of one form name. */
function createNameFinder(text: RegExp): PlaceFinder {
  let place: string | undefined;
  return {
    add(message) {
      place ??= keepCause(text.exec(message)?.[1]);
    },
    get place() {
      return place;
    },
  };
}

/** If several functions call each other, always the same one, wherever the stack ran out. */
function createRecursionFinder(): PlaceFinder {
  const stacks = createReportStacks();
  const counts = new Map<string, number>();
  return {
    add(message) {
      for (const { name, file, isSure } of stacks.add(message)) {
        const cause = isSure ? keepCause(name, file) : undefined;
        if (cause !== undefined) counts.set(cause, (counts.get(cause) ?? 0) + 1);
      }
    },
    get place() {
      const most = Math.max(0, ...counts.values());
      const often = [...counts.keys()].filter((name) => (counts.get(name) ?? 0) >= most - 1);
      return most < RECURSION_MIN ? stacks.place : often.sort()[0];
    },
  };
}
