/** What runs what others asked for: works, timers, callbacks. */
import type { MachineryGroup } from './group.ts';

export const DEFERRED: readonly MachineryGroup[] = [
  {
    why: 'kernel/workqueue.c, kernel/kthread.c: works; the work’s own function is called by these',
    kind: 'helper',
    names: `process_one_work process_scheduled_works queue_work queue_work_on queue_work_node
      queue_delayed_work queue_delayed_work_on queue_rcu_work mod_delayed_work mod_delayed_work_on
      insert_work insert_wq_barrier schedule_work schedule_work_on schedule_delayed_work
      schedule_delayed_work_on delayed_work_timer_fn rcu_work_rcufn pwq_* put_pwq* get_pwq
      wq_worker_* wq_barrier_func move_linked_works try_to_grab_pending work_grab_pending
      set_work_pool_and_* get_work_pool find_worker_executing_work worker_enter_idle
      kthread_worker_fn kthread_queue_* kthread_insert_work* kthread_delayed_work_timer_fn
      kthread_create* kthread_create_on_* kthread_bind* kthread_should_* task_work_add
      async_run_entry_fn async_schedule_* execute_in_process_context init_work alloc_workqueue*
      apply_workqueue_attrs* apply_wqattrs_* tasklet_* call_usermodehelper* irq_poll_sched`,
  },
  {
    why: 'kernel/time/{timer,hrtimer}.c: timers; the timer’s own function is called by these',
    kind: 'helper',
    names: `add_timer add_timer_on add_timer_local add_timer_global mod_timer mod_timer_pending
      mod_timer_pinned timer_reduce del_timer del_timer_sync try_to_del_timer_sync timer_delete*
      timer_shutdown* internal_add_timer internal_add_timer_* enqueue_timer detach_timer
      detach_if_pending detach_expired_timer collect_expired_timers init_timer* init_timer_key
      do_init_timer timer_wait_running call_timer_fn expire_timers run_timers run_timer_base
      run_timer_softirq timer_expire_* process_timeout round_jiffies* hrtimer_* run_hrtimer
      run_hrtimer_queues enqueue_hrtimer remove_hrtimer base_enqueue_* cascade
      get_next_timer_interrupt next_timer_interrupt timer_base_* forward_timer_base tmigr_* tick_*`,
  },
  {
    why: 'kernel/time/tick*.c: the timer interrupt itself',
    kind: 'never',
    names: `tick_sched_timer tick_sched_handle tick_sched_do_timer tick_nohz_handler
      tick_nohz_highres_handler tick_nohz_irq_exit tick_irq_enter tick_periodic
      tick_handle_periodic* tick_do_broadcast tick_receive_broadcast update_process_times
      run_local_timers update_wall_time timekeeping_advance account_process_tick scheduler_tick
      sched_tick task_tick_* clockevents_* do_timer lapic_next_* hrtimer_interrupt
      hrtimer_run_queues hrtimer_run_softirq hrtimer_peek_ahead_timers profile_tick timer_tick
      xtime_update`,
  },
  {
    why: 'kernel/softirq.c: runs all kinds of them, which may be what takes long',
    kind: 'helper',
    names: 'do_softirq handle_softirqs run_ksoftirqd',
  },
  {
    why: 'kernel/rcu: callbacks and their lists',
    kind: 'helper',
    names: `rcu_* call_rcu call_rcu_* call_srcu srcu_* call_single_* invoke_rcu_* note_gp_changes
      force_qs_rnp dyntick_save_progress_counter kfree_rcu_* kvfree_call_rcu`,
  },
];
