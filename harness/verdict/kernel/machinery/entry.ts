/** The way into the kernel and out of it. */
import type { MachineryGroup } from './group.ts';

export const ENTRY: readonly MachineryGroup[] = [
  {
    why: 'kernel/entry, arch/x86/entry, arch/x86/kernel/{traps,apic,irq}*: calls, faults, interrupts',
    kind: 'never',
    names: `do_syscall_64 do_syscall_x64 do_syscall_x32 do_fast_syscall_32 do_int80_syscall_32
      do_int80_emulation do_syscall_32_irqs_on do_SYSENTER_32 entry_SYSCALL* entry_SYSENTER*
      entry_INT* entry_INT80* entry_EL* entry_ibpb x64_sys_call x32_sys_call ia32_sys_call
      do_syscall_* syscall_trace_* syscall_enter_* syscall_exit_* exit_to_user_mode*
      exit_to_usermode_loop prepare_exit_to_usermode syscall_return_* syscall_slow_exit_work
      irqentry_* irq_entries_start tracesys tracesys_phase2 tracehook_* int_ret_from_sys_call
      int_signal int_with_check system_call system_call_* sysenter_* sysexit_audit sysret_*
      ia32_sysenter_target ia32_syscall ia32_cstar_target cstar_* ret_from_* retint_* paranoid_exit
      paranoid_entry error_entry error_exit error_code error_return error_sti common_interrupt
      common_interrupt_return common_exception asm_* exc_* sysvec_* do_IRQ do_nmi do_NMI nmi
      nmi_restore end_repeat_nmi first_nmi repeat_nmi restore_all restore_regs_and_return_to_kernel
      swapgs_restore_regs_and_return_to_usermode smp_apic_timer_interrupt smp_reschedule_interrupt
      smp_call_function_interrupt smp_call_function_single_interrupt smp_irq_work_interrupt
      smp_trace_* smp_thermal_interrupt smp_error_interrupt apic_timer_interrupt
      local_apic_timer_interrupt reschedule_interrupt call_function_interrupt
      call_function_single_interrupt irq_work_interrupt invalidate_interrupt* spurious_interrupt
      hypervisor_callback xen_hypervisor_callback xen_hvm_callback_vector
      xen_do_hypervisor_callback xen_do_upcall xen_evtchn_do_upcall xen_hvm_evtchn_do_upcall
      xen_pv_evtchn_do_upcall hyperv_callback_vector hv_stimer0_isr idtentry_* kvm_async_pf_*
      scheduler_ipi do_softirq_own_stack execute_on_irq_stack call_softirq`,
  },
  {
    why: 'arch/x86/kernel/traps.c, arch/*/mm/fault.c: what handles a fault until it gives up',
    kind: 'never',
    names: `page_fault async_page_fault do_async_page_fault general_protection double_fault
      divide_error overflow bounds coprocessor_error alignment_check stack_segment
      segment_not_present device_not_available machine_check invalid_op invalid_TSS int3 debug
      simd_coprocessor_error do_divide_error do_trap do_trap_no_signal do_error_trap do_invalid_op
      do_int3 do_debug do_general_protection do_double_fault do_stack_segment do_bounds
      do_device_not_available math_error page_fault_oops show_fault_oops do_page_fault
      do_page_fault_* do_user_addr_fault do_kern_addr_fault handle_page_fault fault_in_kernel_space
      no_context bad_area bad_area_* kernelmode_fixup_or_oops spurious_kernel_fault spurious_fault
      mm_fault_error pgtable_bad access_error is_prefetch vmalloc_fault handle_stack_overflow
      early_idt_handler* early_fixup_exception do_early_exception gp_user_force_sig_segv
      gp_try_fixup_and_notify notify_die do_mem_abort do_translation_fault do_kernel_fault
      do_bad_area do_bad do_tag_check_fault do_tag_recovery do_alignment_fault do_sp_pc_abort
      do_sea do_undefinstr do_undef_instr do_el1_undef do_el1_bti do_el1_* do_serror
      do_debug_exception do_DataAbort do_PrefetchAbort do_user_fault do_alignment dabt_* pabt_*
      und_svc* und_usr* irq_svc irq_usr fiq_svc vector_swi asm_do_IRQ handle_IRQ do_hash_fault
      hash_page_do_lazy_icache bad_page_fault bad_kernel_fault program_check_* do_program_check
      exception alignment_common* alignment_exception data_access_common* data_access_slb*
      instruction_access* data_storage_common* h_data_storage* handle_interruption do_dat_exception
      do_asce_exception do_protection_exception do_secure_storage_* pgm_check pgm_check_*
      do_pgm_check do_no_context do_fault_error handle_fault_error* do_sigbus illegal_op
      do_report_trap do_trap_* do_exception monitor_event_exception translation_exception
      translation_specification_exception default_trap_handler kernel_stack_overflow
      handle_exception do_ade do_be do_bp do_tr do_ri do_ov do_fpe do_cpu do_mcheck do_ale
      tlb_do_page_fault_* handle_tlb* handle_bp handle_bp_int handle_ri handle_ri_int handle_adel
      handle_adel_int handle_ades handle_ale handle_sys handle_sys_* handle_tr handle_mod buserr_c
      bus_error* do_sparc64_fault sparc64_realfault_common bad_trap entMM entUna entArith entIF
      do_entIF do_entUna kernel_exception user_exception`,
  },
  {
    why: 'arch/{arm,arm64,powerpc,s390,riscv,mips,loongarch,sparc,…}: calls and interrupts',
    kind: 'never',
    names: `el0_* el1_* el0t_* el1h_* el1t_* el1 el0 invoke_syscall do_el0_svc* ret_fast_syscall
      ret_slow_syscall ret_to_user* local_restart sys_trace sys_trace_return call_on_irq_stack
      do_interrupt_handler gic_handle_irq gic_handle_* bcm2836_arm_irqchip_handle_irq
      bcm2835_handle_irq handle_arch_irq generic_handle_arch_irq arch_timer_handler_*
      system_call_exception system_call_common* system_call_vectored_common syscall_dotrace
      decrementer_* timer_interrupt hardware_interrupt_* call_do_irq call_do_softirq
      doorbell_exception doorbell_super_common* machine_check_* performance_monitor_*
      kernel_fp_unavailable* fast_exception_return interrupt_return* interrupt_exit_*
      replay_soft_interrupts* replay_interrupt_return soft_interrupt_* start_here_common
      start_here_multiplatform start_secondary_prolog sysc_* do_syscall io_int_handler
      ext_int_handler do_io_irq do_ext_irq ext_no_vtime io_return io_restore mcck_*
      kernel_thread_starter kernel_thread_helper kernel_thread child_rip restart_int_handler do_irq
      do_IRQ_* riscv_intc_* handle_riscv_irq handle_syscall check_syscall_nr syscall_common
      handle_int rollback_handle_int except_vec* plat_irq_dispatch work_resched work_pending
      work_notifysig work_interrupted syscall_exit_work stack_done do_vint handle_vint
      handle_cpu_irq linux_sparc_syscall* linux_syscall_trace* tl0_* rtrap* sys_call_table entSys
      entInt entDbg syscall_call syscall intr_return intr_check_sig common_exception_return
      do_unaligned_access stub_clone stub_execve stub_fork stub_vfork stub_rt_sigreturn twd_handler
      mips_timer_interrupt c0_compare_interrupt`,
  },
  {
    why: 'kernel/irq, kernel/softirq.c: the way to a driver’s handler',
    kind: 'never',
    names: `generic_handle_irq* generic_handle_domain_irq* handle_domain_irq handle_irq
      handle_irq_desc handle_irq_event handle_irq_event_percpu handle_percpu_devid_irq
      handle_percpu_irq handle_edge_irq handle_level_irq handle_fasteoi_irq handle_fasteoi_*
      handle_simple_irq handle_nested_irq handle_bad_irq handle_untracked_irq action_ret
      note_interrupt report_bad_irq irq_enter* irq_exit* irq_may_run irq_forced_thread_fn
      irq_thread irq_thread_fn irq_wait_for_* do_softirq_* invoke_softirq ksoftirqd
      ksoftirqd_should_run smpboot_thread_fn local_bh_enable_ip nmi_enter nmi_exit ack_bad_irq
      desc_irq set_irq_regs`,
  },
  {
    why: 'init/main.c, kernel/fork.c, kernel/exit.c, kernel/signal.c: how tasks begin and end',
    kind: 'never',
    names: `start_kernel x86_64_start_* i386_start_kernel start_secondary secondary_startup*
      secondary_start_kernel secondary_switched primary_switched startup_64 common_startup_64
      verify_cpu rest_init kernel_init kernel_init_freeable do_one_initcall do_initcalls
      do_initcall_level do_basic_setup arch_call_rest_init init_post kthread kthreadd kthread_start
      worker_thread rescuer_thread do_group_exit make_task_dead rewind_stack_* task_work_run
      exit_task_work do_notify_resume do_signal handle_signal get_signal get_signal_to_deliver
      arch_do_signal_or_restart smpboot_* kernel_wait4`,
  },
  {
    why: 'arch/*, kernel/trace, net/core: compilers’ and tracers’ own calls, generated programs',
    kind: 'never',
    names: `x86_indirect_thunk_* x86_return_thunk indirect_thunk_* srso_* retbleed_* zen_untrain_ret
      warn_thunk cfi_check* cfi_slowpath* cfi_failure* handle_cfi_failure report_cfi_failure*
      ftrace_caller ftrace_call ftrace_regs_caller ftrace_regs_call ftrace_graph_caller
      ftrace_graph_call ftrace_epilogue ftrace_stub ftrace_ops_* arch_ftrace_ops_list_func
      return_to_handler prepare_ftrace_return function_graph_enter* mcount fentry gnu_mcount_nc
      mod_mcount cyg_profile_* kretprobe_trampoline* arch_rethook_trampoline* kprobe_ftrace_handler
      optimized_callback optprobe_* traceiter_* bpf_trace_run* bpf_dispatcher_nop_func
      bpf_dispatcher_xdp_func stext text etext`,
  },
];
