/** Who is stuck, and whose stacks these are, in reports of stalls, lockups and hung tasks. */

/** CPUs and tasks by number. */
export interface Names {
  readonly cpus: readonly string[];
  readonly tasks: readonly string[];
}

/** kernel/hung_task.c: check_hung_task */
const HUNG_TASK = /^INFO: task .{1,64}:(\d+) (?:is )?(?:blocked|can't die)/;
/** kernel/watchdog.c: watchdog_timer_fn, watchdog_hardlockup_check */
const LOCKUP =
  /(?:soft lockup - CPU#|hard LOCKUP on cpu )(\d+)(?: stuck for [^[]{1,20}\[.{1,40}:(\d+)\])?/;
/** kernel/rcu/tree.c, tree_stall.h: up to 3.3, all that stall are in braces; expedited ones, always. */
const IN_BRACES = /stalls? on (?:CPUs?|tasks|CPUs\/tasks)?[^{]{0,40}\{([^}]{0,2000})\}/;
const ON_CPU = /stall on CPU (\d+)/;
/** kernel/rcu/tree_stall.h: print_cpu_stall_info, rcu_print_task_stall */
const STALLED_CPU = /^(?:rcu:)?\s+(\d+)(?:-[\w.!?]{1,8})?: \(/;
const BLOCKED_TASKS = /Tasks blocked on level-\d+ rcu_node \(CPUs \d+-\d+\):(.{0,2000})/;

/** Who a line says is stuck. */
export function readStuck(message: string): Names {
  const hung = HUNG_TASK.exec(message)?.[1];
  if (hung !== undefined) return { cpus: [], tasks: [hung] };
  const [, cpu, task] = LOCKUP.exec(message) ?? [];
  if (cpu !== undefined) return { cpus: [cpu], tasks: task === undefined ? [] : [task] };
  const stalled = STALLED_CPU.exec(message)?.[1] ?? ON_CPU.exec(message)?.[1];
  if (stalled !== undefined) return { cpus: [stalled], tasks: [] };
  const several = (IN_BRACES.exec(message) ?? BLOCKED_TASKS.exec(message))?.[1] ?? '';
  return {
    cpus: [...several.matchAll(/(?:^| )(\d+)(?=[ -]|$)/g)].map(([, name = '']) => name),
    tasks: [...several.matchAll(/\bP(\d+)/g)].map(([, name = '']) => name),
  };
}

/** kernel/rcu/tree_stall.h: print_other_cpu_stall */
const DETECTED_BY = /\(detected by (\d+),/;

/** The CPU that noticed that others are stuck. */
export function readDetector(message: string): string | undefined {
  return DETECTED_BY.exec(message)?.[1];
}

export interface StackOwner {
  readonly cpu?: string;
  readonly task?: string;
  readonly comm?: string;
}

const OWNERS: readonly RegExp[] = [
  // lib/nmi_backtrace.c: nmi_cpu_backtrace; kernel/sched/core.c: dump_cpu_task
  /^(?:NMI backtrace for cpu|Task dump for CPU) (?<cpu>\d+)(?! skipped)\b/,
  // kernel/printk/printk.c: dump_stack_print_info, with `Pid` up to 3.8
  /^CPU: (?<cpu>\d+) (?:UID: \d+ )?PID: (?<task>\d+) Comm: (?<comm>\S{1,16})/,
  /^Pid: (?<task>\d+), comm: (?<comm>\S{1,16})/,
  // kernel/sched/core.c: sched_show_task, up to 5.10 without names of the values
  /^task:(?<comm>\S{1,16}).{0,16} state:.{1,40} pid: ?(?<task>\d+)/,
  /^(?<comm>\S.{0,15}?) +[A-Z](?: +running task| [0-9a-f]{8,16})? *\d+ +(?<task>\d+) +\d+ 0x[0-9a-f]{8}/,
];

/** Whose stack comes next. */
export function readOwner(message: string): StackOwner | undefined {
  for (const owner of OWNERS) {
    const groups = owner.exec(message)?.groups;
    if (groups !== undefined) return groups;
  }
  return undefined;
}
