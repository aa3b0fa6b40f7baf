/** First lines of reports of lockdep, and of other checks of locks and contexts. */
import { END_OF_TRACE, firstGroup, type IndexedPattern, type ReportShape } from './report-start.ts';

/** The function that wants the lock is named. */
const WANTED: ReportShape = { placeIn: 'lock', last: END_OF_TRACE };
const IN_TRACE: ReportShape = { placeIn: 'trace', last: END_OF_TRACE };

/**
 * kernel/locking/lockdep.c; other warnings of that form are advice, not reports. The longest has 30
 * characters between these words; without a limit, each `detected` would be tried up to the line's end.
 */
const WANTED_WORDS = [
  'possible .{0,64}detected',
  'inconsistent lock state',
  '.{0,64} lock order detected',
  'lock held when returning to user space',
  'lock held at task exit time',
  'Nested lock was not taken',
  '[Ii]nvalid wait context',
];
/** These reports name no lock, or only locks that have nothing to do with the bug. */
const TRACED_WORDS = [
  'suspicious RCU usage',
  'suspicious rcu_dereference_check\\(\\) usage',
  'bad unlock balance detected',
  'bad contention detected',
  'held lock freed',
  'circular locking deadlock detected',
];
const WORDS = [
  'WARNING: ',
  '[ BUG: ',
  '[ INFO: ',
  'INFO: possible ',
  'INFO: suspicious ',
  'INFO: inconsistent ',
  'BUG: Invalid wait',
  'BUG: held lock ',
  'BUG: lock held ',
];

/** Up to 4.10 in brackets and called INFO; some are still in brackets and called BUG. */
const KIND = String.raw`(?:\[ )?(?:WARNING|INFO|BUG): `;

function lockdep(alternatives: readonly string[], shape: ReportShape): IndexedPattern {
  return {
    words: WORDS,
    text: new RegExp(`^${KIND}(${alternatives.join('|')})`),
    title: ([, what = '']) => `WARNING: ${what}`,
    ...shape,
  };
}

const LOCKDEP: readonly IndexedPattern[] = [
  lockdep(TRACED_WORDS, IN_TRACE),
  lockdep(WANTED_WORDS, WANTED),
  // debug_check_no_locks_held; a task's name has 15 characters at most.
  {
    words: ['still has locks held'],
    text: new RegExp(String.raw`^${KIND}(?:.{1,64}\/\d+ )?still has locks held`),
    title: () => 'WARNING: still has locks held',
    ...WANTED,
  },
  // register_lock_class
  {
    words: ['trying to register non-static key'],
    text: /^INFO: trying to register non-static key/,
    unplaced: 'title',
    ...IN_TRACE,
  },
  // lockdep_init_map: worded differently up to 4.20
  {
    words: ['BUG: key '],
    text: /^BUG: key \S+ (?:not in \.data|has not been registered)/,
    title: () => 'BUG: key has not been registered',
    unplaced: 'title',
    ...IN_TRACE,
  },
  // A table of lockdep is full; whoever needed one more entry is not to blame.
  {
    words: ['BUG: MAX_'],
    text: /^BUG: MAX_\w+ too low!/,
    placeIn: 'nowhere',
    last: END_OF_TRACE,
  },
];

/** kernel/locking/spinlock_debug.c: spin_bug, rwlock_bug, __spin_lock_debug */
const SPINLOCKS: readonly IndexedPattern[] = [
  {
    words: ['BUG: '],
    text: /^BUG: ([\w-]*lock) ([A-Za-z ]+?)(?: detected)? on (?:CPU|UP)/,
    title: ([, lock = '', what = '']) => `BUG: ${lock} ${what}`,
    ...IN_TRACE,
  },
];

const CONTEXTS: readonly IndexedPattern[] = [
  // kernel/sched/core.c: __schedule_bug, __might_resched
  {
    words: ['BUG: scheduling while atomic'],
    text: /^BUG: scheduling while atomic/,
    unplaced: 'title',
    ...IN_TRACE,
  },
  {
    words: ['BUG: sleeping function called'],
    text: /^(BUG: sleeping function called from invalid context)(?: at (?<file>[^\s:]+))?/,
    title: firstGroup,
    unplaced: ([, what = '', file]) => (file === undefined ? what : `${what} at ${file}`),
    ...IN_TRACE,
  },
  // lib/smp_processor_id.c: check_preemption_disabled
  {
    words: ['in preemptible'],
    text: /^(BUG: using \w+\(?\)? in preemptible) /,
    title: firstGroup,
    names: /^caller is (?:\[<[0-9a-f]+>\] *)?(?<place>[A-Za-z_][\w.]*)/,
    unplaced: 'title',
    ...IN_TRACE,
  },
  // kernel/workqueue.c: process_one_work
  {
    words: ['BUG: workqueue leaked '],
    text: /^BUG: workqueue leaked /,
    title: () => 'BUG: workqueue leaked lock or atomic',
    unplaced: 'title',
    names: /(?:last function: |workfn=)(?<place>[A-Za-z_][\w.]*)/,
    ...IN_TRACE,
  },
];

export const LOCK_PATTERNS: readonly IndexedPattern[] = [...LOCKDEP, ...SPINLOCKS, ...CONTEXTS];
