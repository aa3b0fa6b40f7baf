/** `RIP: 0010:` is an instruction of the kernel, `RIP: 0033:` one of a program. */
const RIP = /^RIP: 0010:(?:\[<[0-9a-f]+>\] *)*([A-Za-z_][\w.]*)\+0x/;
/** A frame that the unwinder is sure of: one that it is not begins with `?`. */
const FRAME = /^ *(?:\[<[0-9a-f]+>\] *)?([A-Za-z_][\w.]*)\+0x[0-9a-f]+\/0x[0-9a-f]+/;

/** What reports a fault, and how a fault gets to it: in every trace, so it tells none apart. */
const MACHINERY = new RegExp(
  `^(?:${[
    'dump_stack|show_(?:stack|regs|trace)|_?printk|v?panic|nmi_|oops_|__?die|die',
    '__?warn|warn_|report_bug|handle_bug|fault_in_kernel|page_fault_oops|no_context|bad_area',
    'exc_|asm_|do_(?:error_trap|trap|invalid_op|int3|general_protection|page_fault)',
    'do_user_addr_fault',
    'do_(?:exit|group_exit|syscall_64)|x64_sys_call|entry_SYSCALL|ret_from_fork|__x64_sys_exit',
    'kasan_|__asan_|check_memory_region|print_(?:report|address_description)',
    'watchdog_|rcu_(?:sched_clock|check|dump|exp)|update_process_times|tick_|__?hrtimer|hrtimer_',
    'sysvec_|__sysvec|perf_event_nmi|refcount_warn|__list_(?:add|del)|kobject_put',
  ].join('|')})`,
);

/** Where a task waits is told by who called these. */
const WAITING = new RegExp(
  `^(?:__)?(?:${[
    'schedule|io_schedule|context_switch|msleep|usleep|synchronize_rcu',
    'wait_for|do_wait|bit_wait|wait_on|out_of_line_wait',
    'mutex_lock|down_|rwsem_down|rt_mutex|percpu_down',
  ].join('|')})`,
);

/** The function of a program counter in the kernel, without offset and compiler suffix. */
export function findRip(message: string): string | undefined {
  return nameOf(RIP.exec(message));
}

/** The function of a frame that could be the cause of what is reported. */
export function findFrame(message: string): string | undefined {
  return nameOf(FRAME.exec(message));
}

function nameOf(match: RegExpExecArray | null): string | undefined {
  return keepCause(match?.[1]);
}

/** A function without compiler suffix, unless it is one that only reports or waits. */
export function keepCause(name: string | undefined): string | undefined {
  if (name === undefined || MACHINERY.test(name) || WAITING.test(name)) return undefined;
  // Compilers split functions into parts, and name the parts as they please.
  return name.replace(/\.(?:isra|constprop|part|cold|llvm)(?:\.\d+)*/g, '');
}
