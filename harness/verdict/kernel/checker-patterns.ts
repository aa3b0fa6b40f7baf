/** First lines of what the kernel's checkers report: of memory, of locks, of time. */
import {
  END_OF_TRACE,
  firstGroup,
  type ReportPattern,
  type ReportShape,
  starting,
} from './report-start.ts';

const IN_TRACE: ReportShape = { placeIn: 'trace', last: END_OF_TRACE };
const LOCKS: ReportShape = { placeIn: 'lock', last: END_OF_TRACE };

const MEMORY: readonly ReportPattern[] = [
  // kernel/kcsan/report.c: both functions of a race, in the order of their names.
  {
    text: /^(BUG: KCSAN: [\w :-]+?) in (?<place>[A-Za-z_][\w.]*)(?: \/ ([A-Za-z_][\w.]*))?/,
    title: ([, title = '', , other]) => (other === undefined ? title : `${title} with ${other}`),
    placeIn: 'trace',
    last: /^={20}/,
  },
  // mm/kasan, mm/kmsan, mm/kfence: `in` names the function that was caught.
  {
    text: /^(BUG: (?:KASAN|KMSAN|KFENCE): .*?) in (?<place>[A-Za-z_][\w.]*)/,
    title: firstGroup,
    placeIn: 'trace',
    last: /^={20}/,
  },
  // lib/ubsan.c: ubsan_prologue
  { text: /^UBSAN: [\w -]+(?= in )/, placeIn: 'trace', last: /^(?:={20}|---\[ end )/ },
  // mm/kmemleak.c: kmemleak_scan, dump_object
  {
    text: /^kmemleak: unreferenced object 0x/,
    title: () => 'kmemleak: memory leak',
    placeIn: 'trace',
    goesOn: /^kmemleak: /,
  },
  {
    text: /^kmemleak: \d+ new suspected memory leaks/,
    title: () => 'kmemleak: new suspected memory leaks',
    placeIn: 'nowhere',
    isLine: true,
  },
];

/**
 * kernel/locking/lockdep.c; other warnings of that form are advice, not reports. The longest has 30
 * characters between these words; without a limit, each `detected` would be tried up to the line's end.
 */
const LOCK_WORDS = [
  'possible .{0,64}detected',
  'suspicious RCU usage',
  'inconsistent lock state',
  'bad unlock balance detected',
  'bad contention detected',
  '.{0,64} lock order detected',
  'held lock freed',
  'lock held when returning to user space',
  'lock held at task exit time',
  'Nested lock was not taken',
  '[Ii]nvalid wait context',
];

const LOCKDEP: readonly ReportPattern[] = [
  { text: starting('WARNING: ', ...LOCK_WORDS), ...LOCKS },
  // Up to 4.10 in brackets and called INFO; some are still in brackets and called BUG.
  {
    text: new RegExp(String.raw`^\[ (?:INFO|BUG): ((?:${LOCK_WORDS.join('|')}).*?) \]`),
    title: ([, what = '']) => `WARNING: ${what}`,
    ...LOCKS,
  },
];

const TIME: readonly ReportPattern[] = [
  // kernel/watchdog.c, kernel/watchdog_hld.c
  {
    text: /^(?:(?:NMI )?watchdog: )?(BUG: soft lockup)/,
    title: firstGroup,
    placeIn: 'instruction',
    last: END_OF_TRACE,
  },
  {
    text: /^(?:(?:NMI )?watchdog: )?(?:CPU\d+: )?Watchdog detected (hard LOCKUP)/,
    title: firstGroup,
    placeIn: 'instruction',
    last: END_OF_TRACE,
  },
  // kernel/workqueue.c: wq_watchdog_timer_fn, show_all_workqueues
  {
    text: /^BUG: workqueue lockup/,
    placeIn: 'work',
    goesOn: /^(?:BUG: workqueue|Showing busy workqueues|workqueue |pool |\s)/,
  },
  // kernel/rcu/tree_stall.h, kernel/rcu/tasks.h; the words before INFO differ with the version.
  {
    text: /^(?:rcu: )?INFO: rcu\w* (?:self-)?detected (?:expedited )?stalls?\b/,
    title: () => 'RCU stall',
    placeIn: 'instruction',
  },
  // kernel/hung_task.c; a task's name has 15 characters at most.
  {
    text: /^INFO: task .{1,64}:\d+ blocked (?:\w.{0,64} )?for more than \d+ seconds/,
    title: () => 'hung task',
    ...IN_TRACE,
  },
  // net/core/dev.c: netdev_wait_allrefs
  {
    text: /^unregister_netdevice: waiting for \S+ to become free/,
    title: () => 'unregister_netdevice: waiting for a device to become free',
    placeIn: 'nowhere',
    isLine: true,
  },
];

export const CHECKER_PATTERNS: readonly ReportPattern[] = [...MEMORY, ...LOCKDEP, ...TIME];
