/** What notices, checks and prints. */
import type { MachineryGroup } from './group.ts';

export const REPORTING: readonly MachineryGroup[] = [
  {
    why: 'kernel/panic.c, lib/bug.c, arch/*/kernel/traps.c: ends a task or a kernel, warns',
    kind: 'never',
    names: `panic vpanic nmi_panic nmi_panic_self_stop panic_stop_irqoff_console warn
      warn_slowpath_* warn_printk warn_alloc_show_mem report_bug report_bug_entry handle_bug
      bug_handler bug_handler_* bug_brk_handler bug_get_file_line bug check_panic_on_warn add_taint
      print_oops_end_marker print_modules oops_* die die_* die_if_kernel die_if_no_fixup
      arm_notify_die arm64_notify_die arm64_serror_panic call_break_hook call_el1_break_hook
      brk_handler stack_chk_fail abort parisc_terminate spin_bug warn_bogus_irq_restore
      check_flush_dependency ex_handler_* rwlock_bug`,
  },
  {
    why: 'assertions that a subsystem has a function of its own for',
    kind: 'never',
    names: `fortify_panic fortify_report fortify_warn usercopy_abort usercopy_warn check_object_size
      check_heap_object check_stack_object check_page_span check_kernel_text_object
      check_bogus_address check_copy_size copy_overflow bad_copy_from bad_copy_to skb_panic
      skb_over_panic skb_under_panic assfail asswarn btrfs_assertfail assertfail* btrfs_panic
      ext4_error ext4_error_* ext4_handle_error ext4_abort ext4_std_error ext4_grp_locked_error
      ext4_warning* ocfs2_error ocfs2_abort ocfs2_handle_error reiserfs_panic reiserfs_error
      reiserfs_abort reiserfs_warning jfs_error nilfs_error nilfs_panic ufs_panic ufs_error
      fat_fs_error hpfs_error affs_error sysfs_warn_dup vmwrite_error vmread_error
      vmx_vmwrite_error vmread_error_trampoline kvm_spurious_fault kvm_handle_fault_on_reboot
      netdev_rx_csum_fault drm_warn_on rcu_lockdep_*`,
  },
  {
    why: 'mm/, mm/kmsan, kernel/kcsan, mm/kfence, mm/kmemleak.c, kernel/kcov.c, lib/ubsan.c',
    kind: 'never',
    names: `kasan_* asan_* hwasan_* msan_* tsan_* kmsan_* kcsan_* kfence_* sanitizer_* ubsan_*
      check_memory_region* check_region_inline memory_is_poisoned* memory_is_nonzero
      bytes_is_nonzero print_address_description print_report print_shadow_for_address
      describe_address describe_object report_enabled start_report end_report kasan
      complete_report_info quarantine_* qlink_free qlink_to_object qlist_free_all qlist_move_*
      poison_slab_object poison_kmalloc_redzone poison_kmalloc_large_redzone unpoison_slab_object
      check_slab_allocation check_page_allocation save_stack save_stack_trace* save_track
      set_track* save_stack_info write_comp_data check_kcov_mode canonicalize_ip in_softirq_really
      val_to_string handle_overflow type_mismatch_handler handle_null_ptr_deref
      handle_misaligned_access handle_object_size_mismatch kmemleak_* create_object create_object_*
      add_scan_area delete_object_full delete_object_part scan_block find_and_remove_object`,
  },
  {
    why: 'lib/debugobjects.c and those who ask it, lib/fault-inject.c, lib/stackdepot.c',
    kind: 'never',
    names: `debug_print_object debug_object_* debug_objects_* debug_check_no_obj_freed
      debug_check_no_locks_* debug_timer_* debug_hrtimer_* debug_work_* debug_rcu_* debug_activate
      debug_deactivate debug_init debug_assert_init debug_dma_* timer_fixup_* hrtimer_fixup_*
      work_fixup_* rcuhead_fixup_* lookup_object_or_alloc stub_timer should_fail should_fail_*
      should_failslab fail_dump stack_depot_* depot_*`,
  },
  {
    why: 'mm/slub.c, mm/slab.c, mm/page_alloc.c, mm/debug.c: what says that memory is damaged',
    kind: 'never',
    names: `print_trailer object_err slab_err slab_bug slab_fix slab_error slab_out_of_memory
      slab_pad_check print_section print_tracking print_track print_page_info print_slab_info
      print_objinfo cache_free_debugcheck cache_alloc_debugcheck_* verify_redzone_free dump_obj
      dump_page dump_page_* dump_header bad_page bad_page_* print_bad_pte print_bad_page_map
      free_page_is_bad free_page_is_bad_report check_new_page_bad check_new_pages free_pages_check*
      free_tail_page_prepare check_free_page* warn_alloc warn_alloc_failed`,
  },
  {
    why: 'lib/dump_stack.c, arch/*/kernel/stacktrace.c, unwind*.c, dumpstack.c: walks stacks',
    kind: 'never',
    names: `dump_stack dump_stack_* dump_backtrace* dump_trace dump_mem dump_instr dump_kernel_instr
      show_stack* show_trace* show_regs* show_registers show_backtrace show_raw_backtrace show_code
      print_trace* print_context_stack* print_stack print_worker_info print_ip_sym unwind unwind_*
      do_dump_backtrace* kunwind_* walk_stackframe walk_stack_* arch_stack_walk* stack_trace_*
      notrace_walk_stackframe c_backtrace start_backtrace orc_find ftrace_graph_ret_addr
      update_stack_state deref_stack_reg stack_access_ok on_stack filter_irq_stacks
      in_irqentry_text orc_ip in_entry_stack get_stack_info* stack_type_* on_accessible_stack
      in_sched_functions return_address kernel_text_address core_kernel_text is_module_text_address
      module_address module_text_address is_bpf_text_address bpf_ksym_find bpf_prog_ksym_find
      bpf_address_lookup kallsyms_lookup* kallsyms_expand_symbol sprint_symbol* sprint_backtrace
      symbol_string module_address_lookup get_symbol_pos search_extable search_exception_tables
      fixup_exception fixup_bug`,
  },
  {
    why: 'lib/nmi_backtrace.c, kernel/watchdog*.c, kernel/hung_task.c, kernel/rcu: asks what CPUs do',
    kind: 'never',
    names: `nmi_cpu_backtrace nmi_cpu_backtrace_handler nmi_trigger_* nmi_handle nmi_raise_*
      arch_trigger_* trigger_all_cpu_backtrace trigger_single_cpu_backtrace
      trigger_cpumask_backtrace trigger_allbutself_cpu_backtrace trigger_allbutcpu_cpu_backtrace
      trigger_load_* sched_show_task show_state_filter show_workqueue_state show_all_workqueues
      dump_cpu_task check_hung_task check_hung_uninterruptible_tasks hung_task_* watchdog
      watchdog_timer_fn watchdog_overflow_callback watchdog_hardlockup_* watchdog_check_*
      watchdog_interrupt_count watchdog_buddy_* is_softlockup is_hardlockup softlockup_fn
      check_cpu_stall print_cpu_stall* print_other_cpu_stall rcu_dump_cpu_stacks
      rcu_check_gp_kthread_* rcu_stall_* rcu_sched_clock_irq rcu_check_callbacks rcu_pending
      rcu_gp_kthread rcu_gp_fqs_loop rcu_gp_fqs rcu_gp_kthread_wake rcu_gp_cleanup rcu_gp_init
      rcu_exp_* rcu_print_* rcu_cpu_stall_* rcu_flavor_sched_clock_irq perf_event_nmi_handler
      perf_ibs_nmi_handler intel_pmu_handle_irq x86_pmu_handle_irq crash_kexec crash_save_cpu
      kdump_* default_do_nmi io_check_error pci_serr_error unknown_nmi_error mce_*`,
  },
  {
    why: 'kernel/printk, drivers/tty/serial: how messages get out, which can take long',
    kind: 'never',
    names: `printk vprintk vprintk_* printk_* console_unlock console_flush_*
      console_emit_next_record console_cpu_notify call_console_drivers console_trylock_spinning
      univ8250_console_write serial8250_console_write serial8250_console_putchar uart_console_write
      wait_for_xmitr wait_for_lsr io_serial_in io_serial_out mem32_serial_in pl011_console_*
      early_serial_* dev_printk dev_printk_emit dev_vprintk_emit dev_err dev_warn dev_info dev_dbg
      netdev_printk netdev_err netdev_warn netdev_info netdev_crit dynamic_pr_debug dynamic_dev_dbg
      dynamic_netdev_dbg dynamic_emit_prefix ratelimit net_ratelimit print_hex_dump*
      hex_dump_to_buffer`,
  },
];
