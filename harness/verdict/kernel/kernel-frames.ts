/** A frame that the unwinder is sure of; it marks others with `?`. */
const FRAME = /^ *(?:\[<[0-9a-f]+>\] *)?([A-Za-z_][\w.]*)\+0x[0-9a-f]+\/0x[0-9a-f]+/;

/**
 * Functions that report a fault, and the way from a fault to them: they are in every trace, so they
 * tell nothing apart.
 */
const MACHINERY = new RegExp(
  `^(?:${[
    '_?dump_stack|show_(?:stack|regs|trace)|_?printk|v?panic|nmi_|oops_|__?die|die',
    '__?warn|warn_|report_bug|handle_bug|fault_in_kernel|page_fault_oops|no_context|bad_area',
    'exc_|asm_|do_(?:error_trap|trap|invalid_op|int3|general_protection|page_fault)',
    'do_user_addr_fault|error_entry|invalid_op|general_protection|page_fault|async_page_fault',
    'do_(?:exit|group_exit|syscall_64)|x64_sys_call|entry_SYSCALL|ret_from_fork|__x64_sys_exit',
    'watchdog_|rcu_(?:sched_clock|check|dump|exp)|update_process_times|tick_|__?hrtimer|hrtimer_',
    'sysvec_|__sysvec|perf_event_nmi|apic_timer|smp_apic|irq_exit|__irq_exit',
  ].join('|')})`,
);

/** The kernel's checkers, and what they check for others: memory and its helpers, lists, locks. */
const CHECKERS = new RegExp(
  `^(?:${[
    'k[amc]san_|__kcsan|kfence_|__[atm]san_|__?msan_|check_memory_region|__ubsan_|ubsan_|val_to',
    'print_(?:report|address_description|unlock|circular|deadlock|usage|irq_|bad_page)|bad_page',
    'refcount_|_{0,2}list_(?:add|del)|kobject_(?:put|get)',
    '(?:__)?debug_(?:print_object|object|check|smp)|check_(?:bytes|object|slab|preemption)',
    '_*slab_|object_err|on_freel|free_debug|free_to_partial|free_consistency|init_object',
    'alloc_debug|alloc_consist|do_slab_free|_*cache_free|(?:__)?kmem_cache_|kmemleak_',
    '(?:__)?(?:do_)?k[mvz]*alloc|v[mz]?alloc|kv?free|krealloc|kmemdup|kstrdup',
    '__?mem(?:cpy|move|set|cmp|chr)|mem(?:cpy|move|set|cmp|chr)|_?copy_(?:to|from)_|instrument_',
    'str(?:n?cpy|n?cmp|n?len|lcpy|scpy|n?cat)|_{0,3}might_|__schedule_bug',
    'lockdep_|_*lock_acquire|lock_|mark_lock|check_(?:prev|noncircular|deadlock|irq|usage)',
    'validate_chain|_?raw_(?:spin|read|write)_|do_raw_|(?:native_|(?:__)?pv_)?queued_(?:spin|read|wri)',
    'pv_wait|virt_spin|arch_spin',
  ].join('|')})`,
);

/** Where a task waits shows in who called these; where a CPU idles there is nothing to learn. */
const WAITING = new RegExp(
  `^(?:__)?(?:${[
    'schedule|io_schedule|context_switch|msleep|usleep|synchronize_rcu',
    'wait_for|do_wait|bit_wait|wait_on|out_of_line_wait',
    'mutex_lock|down_|rwsem_down|rt_mutex|percpu_down',
    '(?:native|pv_native|arch|default|acpi|intel)_(?:safe_halt|halt|idle|cpu_idle)|cpuidle|do_idle',
    'cpu_startup|start_secondary|secondary_startup|common_startup|start_kernel|rest_init',
    'kthread|worker_thread|process_(?:one|scheduled)_work|smpboot_thread',
  ].join('|')})`,
);

/** The function of a frame that could be the cause of what is reported. */
export function findFrame(message: string): string | undefined {
  return keepCause(FRAME.exec(message)?.[1]);
}

/** A function without compiler suffix, unless it only reports, checks or waits. */
export function keepCause(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  if (MACHINERY.test(name) || CHECKERS.test(name) || WAITING.test(name)) return undefined;
  return normaliseFunction(name);
}

/** A name for the function that is the same for every compiler and kernel version. */
function normaliseFunction(name: string): string {
  return (
    name
      // Compilers split functions into parts and name the parts as they please.
      .replace(/\.(?:isra|constprop|part|cold|llvm|lto_priv|__uniq|cfi_jt|cfi)(?:\.\d+)*/g, '')
      // Hashes that rustc adds to names, of a crate or a function.
      .replace(/Cs[0-9A-Za-z]+_(?=\d)/g, 'C')
      .replace(/17h[0-9a-f]{16}E/g, 'E')
      // The naming of system call functions has changed three times.
      .replace(/^(?:__(?:x64|ia32|se|do)_)?(?:SyS|SYSC|sys)_/, 'sys_')
  );
}
