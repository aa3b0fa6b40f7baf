/** What takes, releases and checks locks. */
import type { MachineryGroup } from './group.ts';

export const LOCKING: readonly MachineryGroup[] = [
  {
    why: 'kernel/locking/lockdep.c: what is wrong is what its callers do with locks',
    kind: 'never',
    names: `lock_acquire lock_acquire_* lock_release lock_release_* lock_acquired lock_contended
      lock_is_held lock_is_held_type lock_downgrade lock_set_class lock_set_subclass lock_pin_lock
      lock_unpin_lock lock_repin_lock lock_stat_* lockdep_* validate_chain check_prev_add
      check_prevs_add check_noncircular check_deadlock check_irq_usage check_usage check_usage_*
      check_path check_wait_context check_flags check_no_collision check_redundant check_unlock
      check_chain_key mark_lock mark_lock_irq mark_held_locks mark_usage mark_irqflags mark_lock_*
      valid_state register_lock_class assign_lock_key look_up_lock_class find_held_lock
      match_held_lock reacquire_held_locks add_lock_to_list add_chain_cache lookup_chain_cache
      lookup_chain_cache_add hlock_class hlock_* rcu_lock_acquire rcu_lock_release bfs bfs_*
      save_trace count_matching_names iterate_chain_key static_obj trace_hardirqs_*
      trace_softirqs_* trace_irq_* trace_lock_* perf_trace_lock perf_trace_lock_acquire
      trace_event_raw_event_lock trace_event_raw_event_lock_acquire print_circular_bug*
      print_irq_inversion_bug print_usage_bug* print_deadlock_bug print_bad_irq_dependency
      print_unlock_imbalance_bug print_lock_contention_bug print_freed_lock_bug
      print_held_locks_bug print_lock_nested_lock_not_held print_lock_invalid_wait_context
      print_lock_trace print_collision debug_show_all_locks debug_show_held_locks debug_locks_off
      debug_lockdep_rcu_enabled rcu_read_lock_held* rcu_read_lock_sched_held rcu_read_lock_bh_held
      rcu_read_lock_any_held rcu_is_watching inc_chains print_shortest_lock_dependencies*
      noop_count might_lock fs_reclaim_* might_alloc`,
  },
  {
    why: 'kernel/locking and include/linux: locks of all kinds, and arch/*: how they spin',
    kind: 'helper',
    names: `mutex_* ww_mutex_* rt_mutex_* rt_spin_* rt_read_* rt_write_* rtlock_* rwbase_* rwsem_*
      rw_semaphore_* call_rwsem_* down down_read* down_write* down_interruptible down_killable
      down_trylock down_timeout down_common up up_read* up_write* percpu_down_* percpu_up_*
      percpu_rwsem_* percpu_is_* percpu_free_rwsem spin_lock* spin_unlock* spin_trylock*
      spin_is_locked* spin_dump spin_release spin_acquire read_lock* read_unlock* read_trylock*
      write_lock* write_unlock* write_trylock* raw_spin_* raw_read_* raw_write_* do_raw_*
      queued_spin_* queued_read_* queued_write_* queue_read_lock_slowpath queue_write_lock_slowpath
      queued_fetch_* native_queued_* native_spin_* pv_queued_* pv_wait* pv_kick* pv_hash pv_unhash
      kvm_wait kvm_kick_cpu kvm_lock_spinning xen_qlock_* xen_lock_spinning hv_qlock_*
      virt_spin_lock arch_spin_* arch_read_* arch_write_* arch_mutex_* arch_rwlock_*
      arch_local_irq_* osq_lock osq_unlock osq_wait_next mcs_spin_* mspin_lock ticket_spin_*
      ticket_lock ticket_unlock local_lock* local_unlock* local_bh_* local_irq_* lg_local_*
      lg_global_* seqcount_* read_seq* write_seq* debug_mutex_* debug_spin_* debug_rt_mutex_*
      debug_rwsem_* debug_write_* debug_read_* rspin_until_* qrwlock_* plpar_hcall_norets*
      rcu_read_lock rcu_read_unlock rcu_read_lock_* rcu_read_unlock_* rcu_preempt_*
      rcu_dereference* srcu_read_lock srcu_read_unlock srcu_read_lock_nmisafe
      task_blocks_on_rt_mutex try_to_take_rt_mutex rwlock_acquire* semaphore_* bit_spin_*
      hlist_bl_lock hlist_bl_unlock`,
  },
  {
    why: 'locks of one subsystem that many others take by way of a function',
    kind: 'helper',
    names: `lock_sock lock_sock_nested lock_sock_fast* release_sock unlock_sock_fast bh_lock_sock*
      rtnl_lock rtnl_lock_* rtnl_unlock rtnl_trylock rtnl_is_locked rtnl_net_lock* rtnl_net_unlock*
      netdev_lock* netdev_unlock* netif_tx_lock* netif_tx_unlock* netif_addr_lock*
      netif_addr_unlock* genl_lock genl_unlock nfnl_lock nfnl_unlock inode_lock inode_lock_*
      inode_unlock* inode_trylock* lock_rename* unlock_rename lock_two_nondirectories
      lock_two_inodes lock_mount lock_mount_* do_lock_mount* namespace_lock namespace_unlock
      mnt_want_write* mnt_get_write_access mnt_drop_write* sb_start_* sb_end_* sb_wait_write
      file_start_write file_end_write freeze_secondary_cpus tty_lock tty_lock_* tty_unlock*
      tty_write_lock tty_ldisc_lock* tty_ldisc_ref_wait ldsem_* device_lock* device_unlock
      device_links_read_lock* lock_device_hotplug* cpus_read_lock cpus_read_unlock cpus_write_lock
      cpus_write_unlock get_online_cpus put_online_cpus cpu_hotplug_begin cpu_hotplug_done
      mmap_lock_* mmap_read_* mmap_write_* vma_start_read vma_start_write vma_end_read
      i_mmap_lock_* i_mmap_unlock_* anon_vma_lock_* anon_vma_unlock_* lock_task_sighand
      task_rq_lock rq_lock* task_rq_unlock raw_spin_rq_lock* double_rq_lock double_lock_balance
      lock_timer_base lock_hrtimer_base console_lock console_trylock netlink_table_grab
      netlink_lock_table snd_power_* snd_pcm_stream_lock* snd_pcm_stream_unlock*
      snd_pcm_group_lock* lock_fb_info cgroup_lock cgroup_unlock drm_modeset_lock
      drm_modeset_lock_* pipe_lock pipe_lock_nested pipe_unlock pipe_double_lock
      perf_event_ctx_lock* perf_event_ctx_unlock`,
  },
];
