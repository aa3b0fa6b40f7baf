/** First lines of reports of what takes too long: CPUs, tasks, grace periods, devices that stay in use. */
import { END_OF_TRACE, firstGroup, type IndexedPattern, nameTask } from './report-start.ts';

/** The name of a task has 15 characters at most; one of a worker has more. */
const TASK = '(?<task>.{1,64})';

function nameOf({ groups = {} }: RegExpExecArray): string {
  return groups.task === undefined ? '' : ` of ${nameTask(groups.task)}`;
}

/** kernel/watchdog.c, kernel/watchdog_hld.c; `NMI watchdog` up to 4.x */
const CPUS: readonly IndexedPattern[] = [
  {
    words: ['BUG: soft lockup'],
    text: new RegExp(String.raw`^(?:(?:NMI )?watchdog: )?(BUG: soft lockup)(?:.*\[${TASK}:\d+\])?`),
    title: firstGroup,
    unplaced: (match) => `BUG: soft lockup${nameOf(match)}`,
    placeIn: 'stuck',
    last: END_OF_TRACE,
  },
  // kernel/watchdog.c, kernel/watchdog_hld.c; `NMI Watchdog detected LOCKUP` up to 2.6
  {
    words: ['detected hard LOCKUP', 'detected LOCKUP'],
    text: /^(?:(?:NMI )?watchdog: )?(?:BUG: )?(?:CPU\d+: )?(?:NMI )?Watchdog detected (?:hard )?LOCKUP/,
    title: () => 'hard LOCKUP',
    unplaced: 'title',
    placeIn: 'stuck',
    last: END_OF_TRACE,
  },
  // kernel/workqueue.c: wq_watchdog_timer_fn, show_all_workqueues
  {
    words: ['BUG: workqueue lockup'],
    text: /^BUG: workqueue lockup/,
    placeIn: 'work',
    goesOn: /^(?:BUG: workqueue|Showing busy workqueues|workqueue |pool |\s)/,
  },
];

const TASKS: readonly IndexedPattern[] = [
  // kernel/rcu/tree_stall.h, kernel/rcu/tasks.h; the words before INFO differ with the version.
  {
    words: ['INFO: rcu'],
    text: /^(?:rcu: )?INFO: (rcu\w*) ((?:self-)?detected) (?:expedited )?stalls?\b/,
    title: () => 'RCU stall',
    unplaced: ([, flavour = '', how = '']) => `RCU stall (${flavour}, ${how})`,
    placeIn: 'stuck',
    follow: [/^(?:rcu: )?INFO: Stall ended/],
  },
  // kernel/hung_task.c
  {
    words: ['INFO: task '],
    text: new RegExp(`^INFO: task ${TASK}:\\d+ blocked (?:\\w.{0,64} )?for more than \\d+ seconds`),
    title: () => 'hung task',
    unplaced: (match) => `hung task${nameOf(match)}`,
    placeIn: 'stuck',
    last: END_OF_TRACE,
  },
  {
    words: ['INFO: task '],
    text: new RegExp(`^INFO: task ${TASK}:\\d+ can't die for more than \\d+ seconds`),
    title: () => "task can't die",
    unplaced: (match) => `task can't die${nameOf(match).replace(' of ', ': ')}`,
    placeIn: 'stuck',
    last: END_OF_TRACE,
  },
];

const DEVICES: readonly IndexedPattern[] = [
  // net/core/dev.c: netdev_wait_allrefs
  {
    words: ['unregister_netdevice: '],
    text: /^unregister_netdevice: waiting for \S+ to become free/,
    title: () => 'unregister_netdevice: waiting for a device to become free',
    placeIn: 'nowhere',
    isLine: true,
  },
  // kernel/irq/spurious.c: __report_bad_irq
  {
    words: [': nobody cared'],
    text: /^irq (?:event )?\d+: nobody cared/,
    title: () => 'irq: nobody cared',
    placeIn: 'nowhere',
    // The first of its handlers.
    names: /^\[<[0-9a-f]+>\] (?<place>[A-Za-z_]\w*)(?: |$)/,
    last: /^Disabling IRQ #/,
  },
];

export const TIME_PATTERNS: readonly IndexedPattern[] = [...CPUS, ...TASKS, ...DEVICES];
