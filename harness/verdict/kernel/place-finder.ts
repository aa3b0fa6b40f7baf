import { findInstruction } from './instruction.ts';
import { findFrame, keepCause } from './kernel-frames.ts';

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
  /** The function that occurs in the trace most often. */
  | 'recursion'
  /** The work that a worker is busy with. */
  | 'work';

export interface PlaceFinder {
  add(message: string): void;
  readonly place: string | undefined;
}

/** kernel/locking/lockdep.c: print_lock */
const LOCK = /, at: (?:\[<[0-9a-f]+>\] *)?([A-Za-z_][\w.]*)\+0x/;
/** mm/slub.c: print_track */
const ALLOCATED = /^(?:INFO: )?Allocated in ([A-Za-z_][\w.]*)\+0x/;
/** kernel/workqueue.c: show_pwq */
const WORK = /^ +in-flight: \d+\w*(?:\(RESCUER\))?:([A-Za-z_][\w.]*)/;
const RECURSION_MIN = 3;

export function createPlaceFinder(placeIn: PlaceIn): PlaceFinder {
  const special = { lock: LOCK, allocation: ALLOCATED, work: WORK }[placeIn as string];
  const counts = new Map<string, number>();
  let named: string | undefined;
  let instruction: string | undefined;
  let frame: string | undefined;

  function add(message: string): void {
    named ??= keepCause(special?.exec(message)?.[1]);
    instruction ??= findInstruction(message);
    const found = findFrame(message);
    frame ??= found;
    if (found !== undefined) counts.set(found, (counts.get(found) ?? 0) + 1);
  }

  /** If several call each other, always the same one, wherever the stack ran out. */
  function recursion(): string | undefined {
    const most = Math.max(0, ...counts.values());
    if (most < RECURSION_MIN) return undefined;
    return [...counts.keys()].filter((name) => (counts.get(name) ?? 0) >= most - 1).sort()[0];
  }

  function place(): string | undefined {
    if (placeIn === 'nowhere' || placeIn === 'work') return named;
    if (placeIn === 'instruction') return instruction ?? frame;
    if (placeIn === 'recursion') return recursion() ?? instruction ?? frame;
    return named ?? frame;
  }

  return {
    add,
    get place() {
      return place();
    },
  };
}
