import { expect } from 'chai';
import { createPlaceFinder, type PlaceIn } from './place-finder.ts';

function placeIn(where: PlaceIn, text: string): string | undefined {
  const finder = createPlaceFinder(where);
  for (const message of text.split('\n')) finder.add(message);
  return finder.place;
}

const frames = (...names: readonly string[]) =>
  ['Call Trace:', ...names.map((name) => ` ${name}+0x12/0x60`)].join('\n');

describe('the place of a report about locks', () => {
  const taken = 'ffff8880 (&p->lock){+.+.}-{4:4}, at:';
  const trace = frames('dump_stack_lvl', 'print_circular_bug', '__lock_acquire', 'pids_write');

  it('is who wants the lock, not who has one', () => {
    const text = `sh/92 is trying to acquire lock:\n${taken} pids_charge+0x12/0x60\n\nbut task is already holding lock:\n${taken} pids_free+0x12/0x60\n${trace}`;
    expect(placeIn('lock', text)).to.equal('pids_charge');
  });

  it('is in the trace if a function that everybody calls took the lock', () => {
    const text = `sh/92 is trying to acquire lock:\n${taken} rtnl_lock+0x12/0x60\n\nbut task is already holding lock:\n${taken} pids_free+0x12/0x60\n${trace}`;
    expect(placeIn('lock', text)).to.equal('pids_write');
  });

  it('is not a function that a tool marks as inlined', () => {
    const text = `sh/92 is trying to acquire lock:\n${taken} pids_lock kernel/a.c:12 [inline]\n${taken} pids_charge+0x12/0x60 kernel/a.c:92\n\n${trace}`;
    expect(placeIn('lock', text)).to.equal('pids_charge');
  });

  it('is who took a lock that is held for too long, if the trace has only the way out of the kernel', () => {
    const held =
      '1 lock held by sh/92:\n #0: ffff8880 (&p->lock){+.+.}-{4:4}, at: pids_charge+0x12/0x60';
    const end = frames('dump_stack_lvl', 'lockdep_sys_exit', 'do_syscall_64');
    expect(placeIn('lock', `${held}\n${end}`)).to.equal('pids_charge');
    expect(placeIn('lock', `${held}\n${trace}`)).to.equal('pids_write');
    const exit = frames('dump_stack_lvl', 'debug_check_no_locks_held', 'do_exit');
    expect(placeIn('lock', `${held}\n${exit}`)).to.equal('pids_charge');
  });
});

describe('a finder of places', () => {
  it('keeps what the first line says for those that follow', () => {
    expect(placeIn('allocation', 'Allocated in pids_charge+0x12/0x60')).to.equal(undefined);
    const text = 'Allocated in pids_charge+0x12/0x60\nFreed in pids_free+0x12/0x60';
    expect(placeIn('allocation', text)).to.equal('pids_charge');
  });
});

describe('the place of a damaged object', () => {
  const allocated = (name: string) => `a report\nAllocated in ${name}+0x12/0x60 age=1 cpu=0 pid=92`;
  const stack = '\t___slab_alloc+0x12/0x60\n\t__alloc_skb+0x12/0x60\n\tpids_notify+0x12/0x60';
  const freed = 'Freed in pids_free+0x12/0x60 age=1 cpu=0 pid=92\n\tkfree+0x12/0x60';
  const trace = frames('dump_stack', 'object_err', 'kfree', 'pids_write');

  it('is who allocated it, or who wanted it from there', () => {
    const ofOwn = `${allocated('pids_alloc')}\n${stack}\n${freed}\n${trace}`;
    expect(placeIn('allocation', ofOwn)).to.equal('pids_alloc');
    const ofOthers = `${allocated('__alloc_skb')}\n${stack}\n${freed}\n${trace}`;
    expect(placeIn('allocation', ofOthers)).to.equal('pids_notify');
  });

  it('is who found the damage, if nothing tells who allocated it', () => {
    expect(placeIn('allocation', `a report\n${freed}\n${trace}`)).to.equal('pids_write');
  });
});

describe('the place of a leak', () => {
  it('is the first function that did not allocate for another', () => {
    const text = frames('__alloc_skb', 'pids_notify', 'pids_charge');
    expect(placeIn('leak', text)).to.equal('pids_notify');
    expect(placeIn('trace', text)).to.equal('__alloc_skb');
  });
});

describe('the place of a stack overflow', () => {
  it('is the function that occurs in it most often', () => {
    const text = frames('pids_charge', 'pids_walk', 'pids_walk', 'pids_walk', 'pids_write');
    expect(placeIn('recursion', text)).to.equal('pids_walk');
    expect(placeIn('recursion', frames('pids_charge', 'pids_walk'))).to.equal('pids_charge');
  });
});

describe('the place of a stall', () => {
  const first = 'rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:';
  const stalled = 'rcu: \t1-...!: (0 ticks this GP) idle=5b4c/1/0x4000000000000000';
  const detected = 'rcu: \t(detected by 0, t=5252 jiffies, g=1045, q=52 ncpus=2)';

  it('is what the stalled CPU was doing, whichever stack comes first', () => {
    const text = [
      ...[first, stalled, detected, 'Sending NMI from CPU 0 to CPUs 1:'],
      ...['NMI backtrace for cpu 0', 'CPU: 0 PID: 77 Comm: sh', frames('pids_write')],
      ...['NMI backtrace for cpu 1', 'CPU: 1 PID: 92 Comm: sh', frames('memcpy', 'pids_charge')],
    ].join('\n');
    expect(placeIn('stuck', text)).to.equal('pids_charge');
  });

  it('is what the task that blocks the grace period was doing', () => {
    const text = [
      ...[first, 'rcu: \tTasks blocked on level-0 rcu_node (CPUs 0-1): P92/1:b..l', detected],
      ...['task:sh state:R  running task     stack:0 pid:77', frames('__schedule', 'pids_free')],
      ...['task:sh state:R  running task     stack:0 pid:92', frames('__schedule', 'pids_charge')],
      'rcu: rcu_preempt kthread starved for 5252 jiffies! g1045 f0x0 RCU_GP_WAIT_FQS(5)',
      'rcu: RCU grace-period kthread stack dump:',
      ...['task:rcu_preempt state:R stack:0 pid:16', frames('schedule', 'rcu_gp_fqs_loop')],
    ].join('\n');
    expect(placeIn('stuck', text)).to.equal('pids_charge');
  });

  it('is not what a task that watches others was doing', () => {
    const text = [
      ...[
        first,
        stalled,
        detected,
        'NMI backtrace for cpu 1 skipped: idling at mwait_idle+0x1/0x2',
      ],
      ...['task:rcu_preempt state:R stack:0 pid:16', frames('schedule', 'swake_up_one')],
      ...['NMI backtrace for cpu 0', 'CPU: 0 PID: 77 Comm: sh', frames('sysrq_handle_loglevel')],
      ...['NMI backtrace for cpu 2', 'CPU: 2 PID: 92 Comm: sh', frames('pids_charge')],
    ].join('\n');
    expect(placeIn('stuck', text)).to.equal('pids_charge');
  });

  it('is below the interrupt that noticed it', () => {
    const text = [
      ...['INFO: rcu_sched self-detected stall on CPU { 1}  (t=2100 jiffies g=1 c=0 q=2)'],
      ...[
        'Task dump for CPU 1:',
        'sh              R  running task        0    92      1 0x00000008',
      ],
      'Call Trace:',
      ' <IRQ>  [<ffffffff810b2f38>] sched_show_task+0xb8/0x120',
      ' [<ffffffff810e6cc5>] rcu_dump_cpu_stacks+0x85/0xd0',
      ' [<ffffffff810ebf8a>] rcu_check_callbacks+0x4ea/0x7f0',
      ' [<ffffffff810f2a1f>] update_process_times+0x2f/0x60',
      ' [<ffffffff810f3ef5>] __hrtimer_run_queues+0x135/0x250',
      ' [<ffffffff8184f7c9>] apic_timer_interrupt+0x89/0x90',
      ' <EOI>  [<ffffffff8184f0ae>] ? _raw_spin_unlock+0xe/0x20',
      ' [<ffffffff8119a3f2>] pids_charge+0x12/0x60',
    ].join('\n');
    expect(placeIn('stuck', text)).to.equal('pids_charge');
  });
});

describe('the place of a hung task', () => {
  it('is what the task waits for, in its own stack', () => {
    const text = [
      'INFO: task sh:92 blocked for more than 143 seconds.',
      'task:sh              state:D stack:0     pid:92    tgid:92    ppid:1',
      frames('__schedule', 'schedule', '__mutex_lock', 'cgroup_lock', 'pids_charge', 'pids_write'),
      ...['NMI backtrace for cpu 0', 'CPU: 0 PID: 30 Comm: khungtaskd', frames('dump_stack')],
      ...['NMI backtrace for cpu 1', 'CPU: 1 PID: 77 Comm: sh', frames('pids_free')],
    ].join('\n');
    expect(placeIn('stuck', text)).to.equal('pids_charge');
  });

  it('is the work of a worker that has nothing else in its stack', () => {
    const text = [
      'INFO: task kworker/0:1:12 blocked for more than 143 seconds.',
      'task:kworker/0:1     state:D stack:0     pid:12    tgid:12    ppid:2',
      'Workqueue: events css_free_rwork_fn',
      frames('__schedule', 'schedule', 'synchronize_rcu', 'process_one_work', 'worker_thread'),
    ].join('\n');
    expect(placeIn('stuck', text)).to.equal('css_free_rwork_fn');
  });
});
