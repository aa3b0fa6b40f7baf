import { expect } from 'chai';
import { readDetector, readOwner, readStuck } from './stuck-names.ts';

const STUCK: readonly (readonly [message: string, cpus: string, tasks: string])[] = [
  ['INFO: task kworker/0:1:12 blocked for more than 143 seconds.', '', '12'],
  ["INFO: task sh:92 can't die for more than 143 seconds.", '', '92'],
  ['watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [kworker/1:1:38]', '1', '38'],
  ['BUG: soft lockup - CPU#0 stuck for 61s! [my prog:92]', '0', '92'],
  ['NMI watchdog: Watchdog detected hard LOCKUP on cpu 1', '1', ''],
  ['rcu: \t1-....: (5249 ticks this GP) idle=5b4c/1/0x4000000000000000 softirq=1/1 fqs=2', '1', ''],
  ['rcu: \t12-O.!: (0 ticks this GP) idle=a0a/1/0x4000000000000000 softirq=90/90 fqs=0', '12', ''],
  ['\t0: (1 GPs behind) idle=5b4/140000000000001/0 softirq=90/90 fqs=0', '0', ''],
  [
    'INFO: rcu_sched detected stalls on CPUs/tasks: { 1 3} (detected by 0, t=5252 jiffies)',
    '1 3',
    '',
  ],
  ['INFO: rcu_preempt detected stalls on CPUs/tasks: { P92 0} (detected by 1, t=21)', '0', '92'],
  [
    'rcu: INFO: rcu_preempt detected expedited stalls on CPUs/tasks: { 1-...D } 21 jiffies',
    '1',
    '',
  ],
  ['INFO: rcu_sched self-detected stall on CPU { 1}  (t=2100 jiffies g=-1 c=-1 q=2)', '1', ''],
  ['INFO: rcu_sched_state detected stall on CPU 0 (t=1000 jiffies)', '0', ''],
  ['rcu: \tTasks blocked on level-0 rcu_node (CPUs 0-1): P92/1:b..l P1234', '', '92 1234'],
  ['rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:', '', ''],
  ['rcu: \t(detected by 0, t=5252 jiffies, g=1045, q=52 ncpus=2)', '', ''],
];

const OWNERS: readonly (readonly [
  message: string,
  cpu?: string | undefined,
  task?: string,
  comm?: string,
])[] = [
  ['NMI backtrace for cpu 1', '1'],
  ['Task dump for CPU 3:', '3'],
  ['CPU: 1 PID: 77 Comm: sh Not tainted 5.10.0 #1', '1', '77', 'sh'],
  ['CPU: 1 UID: 0 PID: 77 Comm: sh Not tainted 6.12.0 #1', '1', '77', 'sh'],
  ['Pid: 77, comm: sh Not tainted 3.2.0 #1', undefined, '77', 'sh'],
  ['task:sh              state:D stack:0     pid:77    tgid:77    ppid:1', undefined, '77', 'sh'],
  [
    'task:kworker/u8:2    state:R  running task     stack:25000 pid: 77 ppid:     2 flags:0x00004000',
    undefined,
    '77',
    'kworker/u8:2',
  ],
  ['sh              R  running task    25000    77      1 0x00000008', undefined, '77', 'sh'],
  ['sh              D27536    77      1 0x00000004', undefined, '77', 'sh'],
  ['sh              D ffff88003fc13480     0    77      1 0x00000000', undefined, '77', 'sh'],
];

describe('a report of what is stuck', () => {
  for (const [message, cpus, tasks] of STUCK) {
    it(`names ‘${cpus}’ as CPUs and ‘${tasks}’ as tasks in ‘${message.slice(0, 60)}’`, () => {
      const stuck = readStuck(message);
      expect([stuck.cpus.join(' '), stuck.tasks.join(' ')]).to.deep.equal([cpus, tasks]);
    });
  }

  for (const [message, cpu, task, comm] of OWNERS) {
    it(`says whose stack comes next in ‘${message.slice(0, 60)}’`, () => {
      const owner = readOwner(message);
      expect([owner?.cpu, owner?.task, owner?.comm]).to.deep.equal([cpu, task, comm]);
    });
  }

  it('names the CPU that noticed the others', () => {
    expect(readDetector('rcu: \t(detected by 0, t=5252 jiffies, g=1045, q=52)')).to.equal('0');
    expect(readDetector('NMI backtrace for cpu 1')).to.equal(undefined);
  });

  it('is not every line with numbers', () => {
    expect(readOwner('Modules linked in: kmx 0x00000000')).to.equal(undefined);
    expect(readOwner(' pids_charge+0x12/0x60')).to.equal(undefined);
  });
});
