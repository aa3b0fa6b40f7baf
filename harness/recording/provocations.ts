import {
  DIVIDE_ERROR,
  DOUBLE_FREE,
  GENERAL_PROTECTION,
  INVALID_OPCODE,
  type KernelCode,
  LIST_ADD,
  LOOP,
  LOOP_UNDER_RCU,
  NULL_DEREFERENCE,
  RECURSION,
  REFCOUNT,
  SLEEP,
} from './kernel-code.ts';

/** One way to make a guest print something on its console. */
export interface Provocation {
  /** For the header of the log. */
  readonly about: string;
  /** Script for a busybox shell as PID 1. Absent: there is no such init. */
  readonly script?: string;
  readonly bootParameters?: readonly string[];
  /** Replaces a kernel function. */
  readonly code?: KernelCode;
  /** By default one, so that nothing but the provocation goes wrong. */
  readonly cpus?: number;
  /** For a guest that does not end by itself: it is killed then, and has printed everything. */
  readonly endsAfterSeconds?: number;
  /** The kernel's file is damaged first. */
  readonly isDamaged?: true;
  /** crash.c is PID 1. */
  readonly isProgram?: true;
}

const PROVOKE = 'echo m > /proc/sysrq-trigger';
const patched = (what: string) => `a sysrq handler patched to ${what}`;
/** Provokes a report from a kernel worker. */
const PROVOKE_WORKER = 'echo f > /proc/sysrq-trigger; sleep 1';
const patchedWork = (what: string) => `the work of sysrq f patched to ${what}`;

export const PROVOCATIONS: Readonly<Record<string, Provocation>> = {
  'clean-boot': { about: 'busybox init that powers off', script: 'poweroff -f' },
  'sysrq-crash': {
    about: 'echo c > /proc/sysrq-trigger',
    script: 'echo c > /proc/sysrq-trigger',
  },
  'sysrq-reset': {
    about: 'echo b > /proc/sysrq-trigger',
    script: 'echo b > /proc/sysrq-trigger',
  },
  restart: { about: 'init restarts the guest', script: 'reboot -f' },
  'no-init': { about: 'initramfs without /init' },
  'damaged-kernel': {
    about: 'a bzImage with zeros in its middle, earlyprintk',
    bootParameters: ['earlyprintk=ttyS0'],
    isDamaged: true,
    endsAfterSeconds: 20,
  },
  'init-exit': { about: 'init is a shell script that ends with "exit 3"', script: 'exit 3' },
  'init-assert': {
    about: 'init is a C program (glibc) with a failed assertion',
    isProgram: true,
    bootParameters: ['assert'],
  },
  'init-double-free': {
    about: 'init is a C program (glibc) that frees twice',
    isProgram: true,
    bootParameters: ['double-free'],
  },
  'init-stack-smash': {
    about: 'init is a C program (glibc) that overruns its stack',
    isProgram: true,
    bootParameters: ['smash'],
  },
  'init-segfault': {
    about: 'init writes to NULL',
    isProgram: true,
    bootParameters: ['segfault'],
  },
  'oom-kills': {
    about: 'OOM kill in a memory cgroup, then a global one',
    script: [
      'mkdir /cg && mount -t cgroup2 none /cg && echo +memory > /cg/cgroup.subtree_control',
      'mkdir /cg/small && echo 16M > /cg/small/memory.max',
      "sh -c 'echo $$ > /cg/small/cgroup.procs; exec tail /dev/zero'",
      'tail /dev/zero',
      'poweroff -f',
    ].join('\n'),
  },
  'null-dereference': {
    about: patched('write to NULL'),
    code: NULL_DEREFERENCE,
    script: `(${PROVOKE})\npoweroff -f`,
  },
  'panic-on-oops': {
    about: `${patched('write to NULL')}, oops=panic`,
    code: NULL_DEREFERENCE,
    bootParameters: ['oops=panic'],
    script: PROVOKE,
  },
  'general-protection': {
    about: patched('read a non-canonical address'),
    code: GENERAL_PROTECTION,
    script: `(${PROVOKE})\npoweroff -f`,
  },
  'invalid-opcode': {
    about: patched('ud2'),
    code: INVALID_OPCODE,
    script: `(${PROVOKE})\npoweroff -f`,
  },
  'divide-error': {
    about: patched('divide by zero'),
    code: DIVIDE_ERROR,
    script: `(${PROVOKE})\npoweroff -f`,
  },
  'stack-overflow': { about: patched('call itself'), code: RECURSION, script: PROVOKE },
  // Provokes nothing on kernels with lazy preemption (7.x): they preempt the loop.
  'soft-lockup': {
    about: patched('loop'),
    code: LOOP,
    bootParameters: ['watchdog_thresh=1'],
    cpus: 2,
    script: `${PROVOKE} & sleep 10; poweroff -f`,
  },
  'rcu-stall': {
    about: `${patchedWork('loop under rcu_read_lock')}, without the watchdog`,
    code: LOOP_UNDER_RCU,
    bootParameters: ['nowatchdog', 'rcupdate.rcu_cpu_stall_timeout=3'],
    cpus: 2,
    // Some kernels do not power off while a CPU is busy.
    endsAfterSeconds: 60,
    script: `${PROVOKE_WORKER}; sleep 8; poweroff -f`,
  },
  'hung-worker': {
    about: patchedWork('sleep without end'),
    code: SLEEP,
    script: [
      'echo 2 > /proc/sys/kernel/hung_task_timeout_secs',
      `${PROVOKE_WORKER}; sleep 8; poweroff -f`,
    ].join('\n'),
  },
  refcount: {
    about: patchedWork('call refcount_warn_saturate'),
    code: REFCOUNT,
    script: `${PROVOKE_WORKER}\npoweroff -f`,
  },
  'list-corruption': {
    about: patchedWork('check an entry of a broken list'),
    code: LIST_ADD,
    script: `${PROVOKE_WORKER}\npoweroff -f`,
  },
  'slab-double-free': {
    about: `${patchedWork('free an object twice')}, slub_debug=FZPU`,
    code: DOUBLE_FREE,
    bootParameters: ['slub_debug=FZPU'],
    script: `${PROVOKE_WORKER}\npoweroff -f`,
  },
};
