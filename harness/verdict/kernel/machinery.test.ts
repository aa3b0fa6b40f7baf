import { expect } from 'chai';
import { MACHINERY_GROUPS, type Machinery, machineryOf } from './machinery.ts';

/** By what makes them machinery; each has the form of many. */
const MACHINERY: Readonly<Record<Machinery, readonly string[]>> = {
  never: [
    // Reporting.
    'panic',
    '__warn',
    'warn_slowpath_null',
    'report_bug',
    '__fortify_panic',
    'usercopy_abort',
    'skb_panic',
    '__stack_chk_fail',
    'btrfs_assertfail.constprop.0',
    'debug_print_object',
    '____kasan_slab_free',
    'print_address_description.constprop.0.cold',
    '__asan_report_load4_noabort',
    '__hwasan_tag_memory',
    'kmsan_internal_poison_memory',
    '__ubsan_handle_shift_out_of_bounds',
    '__sanitizer_cov_trace_pc',
    'dump_backtrace',
    'sched_show_task',
    'rcu_gp_fqs_loop',
    'nmi_trigger_cpumask_backtrace',
    // Waiting.
    '__schedule',
    'schedule_timeout_uninterruptible',
    '__cond_resched',
    'io_schedule',
    'wait_for_completion_interruptible',
    'synchronize_rcu_expedited',
    '__flush_work.isra.0',
    'drain_workqueue',
    '___might_sleep',
    '__might_resched',
    'pv_native_safe_halt',
    // The way into the kernel.
    'do_syscall_64',
    'entry_SYSCALL_64_after_hwframe',
    'asm_sysvec_apic_timer_interrupt',
    'exc_page_fault',
    'el0t_64_sync_handler',
    'invoke_syscall',
    'ret_fast_syscall',
    'do_DataAbort',
    'system_call_exception',
    'do_fast_syscall_32',
    '__irq_svc',
    'do_softirq_own_stack',
    'handle_irq_event_percpu',
    'ret_from_fork_asm',
    'worker_thread',
    // Locks that are checked.
    '__lock_acquire',
    'validate_chain',
    'print_circular_bug.isra.0',
    // Generated.
    'bpf_prog_e42f6260c1b72fb3_prog',
    '__bpf_trace_sched_switch',
    '__x86_indirect_thunk_rax',
    '__cfi_pids_charge',
  ],
  helper: [
    '__mutex_lock_common',
    'down_write_killable',
    '_raw_spin_lock_irqsave',
    'native_queued_spin_lock_slowpath.part.0',
    'lock_sock_nested',
    'rtnl_lock',
    '__kmalloc_noprof',
    'kmem_cache_alloc_trace',
    'kfree',
    '__alloc_pages_nodemask',
    'vfree',
    '__memcpy',
    '__pi_strcmp',
    'memset_erms',
    '_copy_from_user',
    'copy_user_enhanced_fast_string',
    'copy_page_from_iter_atomic',
    '__list_add_valid_or_report',
    'hlist_del_rcu',
    'refcount_dec_and_test_checked',
    'kobject_put',
    'arch_atomic_dec_and_test',
    'atomic64_fetch_add_relaxed',
    'test_and_set_bit_lock',
    '_find_next_bit',
    'xas_store',
    'process_one_work',
    '__do_softirq',
    '__queue_work',
    'call_timer_fn',
    'del_timer_sync',
    'hrtimer_start_range_ns',
    'rcu_do_batch',
    'notifier_call_chain',
    'smp_call_function_many_cond',
    'sysfs_create_dir_ns',
    'device_add',
    'kfree_skb_reason',
  ],
  allocator: ['__alloc_skb', 'sk_prot_alloc', 'alloc_netdev_mqs', 'getname_flags', 'new_inode'],
};

/** Each begins or ends like machinery. */
const CAUSES = [
  'list_lru_add',
  'list_add_event',
  'atomic_open',
  'hash_netiface_create',
  'bitmap_ip_create',
  'driver_mutex_lock',
  'x86_emulate_insn',
  'copy_page_range',
  'copy_to_user_state',
  'folio_putback_lru',
  'obj_cgroup_charge',
  'memcpy_extent_buffer',
  'pvclock_update_vm_gtod_copy',
  'device_add_disk',
  'perf_trace_locks_get_lock_context',
  'clear_page_dirty_for_io',
  'bpf_prog_test_run_skb',
  'bpf_trampoline_link_prog',
  'mem_cgroup_charge',
  'sg_ioctl',
  'iterate_dir',
  'cfi_amdstd_write_words',
  'schedule_resubmit',
  'watchdog_release',
  'dev_watchdog',
  'tracepoint_probe_unregister',
  'set_extent_bit',
  'handle_mm_fault',
  'rb_update_pages',
  'get_user_pages_fast',
  '__put_user_ns',
  'page_to_skb',
  'complete_walk',
  'exit_mmap',
  'memory_failure',
  'kcov_ioctl',
  'trace_event_raw_event_netlink_extack',
];

describe('machinery', () => {
  for (const [kind, names] of Object.entries(MACHINERY)) {
    it(`of the kind ‘${kind}’ is known by its name`, () => {
      for (const name of names) expect(machineryOf(name), name).to.equal(kind);
    });
  }

  it('is not everything that has a similar name', () => {
    for (const name of CAUSES) expect(machineryOf(name), name).to.equal(undefined);
  });

  it('is what a file of the kernel has in it that does nothing else', () => {
    expect(machineryOf('f', 'mm/kasan/report.c')).to.equal('never');
    expect(machineryOf('f', './arch/x86/entry/common.c')).to.equal('never');
    expect(machineryOf('f', '/build/linux/lib/dump_stack.c')).to.equal('never');
    expect(machineryOf('f', 'include/linux/list.h')).to.equal('helper');
    expect(machineryOf('f', 'arch/arm64/include/asm/atomic_lse.h')).to.equal('helper');
    expect(machineryOf('f', 'kernel/cgroup/pids.c')).to.equal(undefined);
    expect(machineryOf('f', 'mm/kasan/kasan_test_c.c')).to.equal(undefined);
  });

  it('is in one group only, in the form that the table asks for', () => {
    const names = MACHINERY_GROUPS.flatMap((group) => group.names.split(/\s+/));
    const twice = names.filter((name, at) => name !== '' && names.indexOf(name) !== at);
    expect(twice).to.deep.equal([]);
    expect(names.filter((name) => /[^\w*]|\*.|^_/.test(name))).to.deep.equal([]);
  });
});
