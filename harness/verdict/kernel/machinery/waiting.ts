/** What waits, for whomever, and what a CPU does that has nothing to do. */
import type { MachineryGroup } from './group.ts';

export const WAITING: readonly MachineryGroup[] = [
  {
    why: 'kernel/sched/core.c, kernel/time: gives the CPU away, or refuses to',
    kind: 'never',
    names: `schedule schedule_timeout schedule_timeout_* schedule_hrtimeout*
      schedule_preempt_disabled schedule_user schedule_idle schedule_tail schedule_rtlock
      schedule_bug schedule_debug schedule_loop io_schedule* io_schedule_timeout context_switch
      finish_task_switch* finish_lock_switch prepare_task_switch switch_to* switch_mm*
      cpu_switch_to resume_userspace preempt_schedule* cond_resched* dynamic_cond_resched
      might_sleep* might_resched* might_fault* preempt_count_add preempt_count_sub
      preempt_latency_* check_preemption_disabled debug_smp_processor_id this_cpu_preempt_check
      preempt_check do_sched_yield sched_yield do_nanosleep hrtimer_nanosleep common_nsleep* msleep
      msleep_interruptible ssleep usleep_range* fsleep delay delay_tsc delay_loop delay_mwaitx*
      delay_halt* delay_timer udelay ndelay const_udelay const_delay cpu_relax rep_nop ktime_get*
      read_tsc pvclock_clocksource_read* pvclock_read_* kvm_clock_* sched_clock* local_clock
      native_sched_clock tsc_delay halt_delay timer_delay loop_delay`,
  },
  {
    why: 'kernel/sched/{wait,wait_bit,swait,completion}.c, mm/filemap.c, fs/buffer.c: waits for others',
    kind: 'never',
    names: `wait_for_completion* wait_for_common* do_wait_for_common wait_for_device_probe
      wait_woken wait_on_bit* wait_on_page_* wait_on_page wait_on_buffer wait_on_inode
      wait_on_atomic_t wait_on_var wait_on_rcu* out_of_line_wait_on_* bit_wait* bit_wait_io*
      rpc_wait_bit_killable nfs_wait_bit_killable cifs_wait_bit_killable wait_rcu_gp*
      sleep_on_page* sleep_on sleep_on_* interruptible_sleep_on* sleep_on_common do_wait_intr*
      folio_wait_bit* folio_wait_writeback* folio_wait_locked* folio_put_wait_locked lock_page
      lock_page_* folio_lock folio_lock_* lock_buffer lock_page_or_retry rcu_barrier*
      synchronize_rcu* synchronize_sched* synchronize_srcu* synchronize_net synchronize_irq
      synchronize_hardirq synchronize_rcu_* cond_synchronize_* exp_funnel_lock
      wait_for_kprobe_optimizer rcu_sync_enter rcu_sync_* srcu_barrier flush_work flush_work_*
      flush_workqueue flush_delayed_work flush_rcu_work flush_scheduled_work start_flush_work
      drain_workqueue destroy_workqueue cancel_work cancel_work_sync cancel_delayed_work
      cancel_delayed_work_sync cancel_rearming_delayed_work cancel_work_timer
      flush_workqueue_prep_pwqs kthread_stop kthread_stop_put kthread_park kthread_flush_work*
      kthread_flush_worker kthread_cancel_* async_synchronize_* usb_start_wait_urb usb_kill_urb
      usb_poison_urb do_wait refrigerator try_to_freeze* freezable_schedule* freezer_should_skip
      wait_on_freeing_inode wait_task_inactive wait_task_stopped wait_consider_task
      wait_for_vfork_done rwsem_down_* percpu_rwsem_wait mutex_optimistic_spin mutex_spin_on_owner
      rwsem_spin_on_owner rwsem_optimistic_spin`,
  },
  {
    why: 'kernel/sched: wait queues, and what wakes who is in them',
    kind: 'helper',
    names: `prepare_to_wait* prepare_to_swait* finish_wait finish_swait add_wait_queue*
      remove_wait_queue* init_wait_entry init_waitqueue_head autoremove_wake_function
      default_wake_function woken_wake_function wake_bit_function wake_page_function wake_up*
      wake_up_* complete complete_all complete_on_current_cpu complete_with_flags complete_and_exit
      swake_up* swait_* try_wait_for_completion completion_done try_to_wake_up ttwu_* wake_q_add*
      wake_up_q wakeup_preempt check_preempt_curr activate_task waitqueue_active filemap_fdatawait*
      submit_bio_wait blk_execute_rq* waitqueue_*`,
  },
  {
    why: 'kernel/sched/idle.c, drivers/cpuidle, arch/*: a CPU with nothing to do',
    kind: 'never',
    names: `do_idle cpu_idle cpu_idle_loop cpu_idle_poll cpu_startup_entry call_cpuidle cpuidle_*
      default_idle default_idle_call arch_cpu_idle* arch_safe_halt raw_safe_halt safe_halt halt
      native_safe_halt native_halt pv_native_safe_halt pv_native_halt xen_safe_halt tdx_safe_halt
      tdx_halt acpi_idle_* acpi_safe_halt acpi_processor_ffh_* intel_idle* amd_e400_idle
      mwait_idle* mwait_play_dead poll_idle psw_idle enabled_wait r4k_wait* cpu_do_idle
      cpu_v7_do_idle snooze_loop pseries_lpar_idle shared_cede_loop dedicated_cede_loop
      power7_idle* power9_idle* wait_for_interrupt play_idle* haltpoll_* tick_nohz_idle_*
      play_dead* native_play_dead idle_loop idle_task_exit`,
  },
];
