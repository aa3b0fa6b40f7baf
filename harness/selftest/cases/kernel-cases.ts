import type { GuestCase } from '../selftest-case.ts';
import { available, type SelftestHost } from '../selftest-host.ts';

type Row = Omit<GuestCase, 'kind' | 'until' | 'setting'> & Partial<Pick<GuestCase, 'setting'>>;

function lacksModule({ vms }: SelftestHost): string | undefined {
  const { kernel, hasModule } = available(vms);
  if (hasModule) return undefined;
  return `a guest with ${kernel?.release ?? 'no kernel'} loads no module that could be broken`;
}

/** Kernels that fail while a test runs. Each reports that itself: none of the text is ours. */
const ROWS: readonly Row[] = [
  {
    name: 'kernel-panics',
    breaks: 'the kernel panics (sysrq c)',
    expected: {
      verdict: 'kernel-panic',
      finding: { class: 'kernel-panic', title: /sysrq triggered crash/ },
    },
  },
  {
    name: 'kernel-oopses',
    breaks: 'a module reads through a null pointer; the kernel survives',
    lacks: lacksModule,
    expected: {
      verdict: 'kernel-oops',
      finding: { class: 'kernel-oops', title: /NULL pointer dereference/ },
    },
  },
  {
    name: 'kernel-warns',
    breaks: 'a module triggers a WARN; nothing else happens',
    lacks: lacksModule,
    expected: { verdict: 'kernel-oops', finding: { class: 'kernel-oops', title: /WARNING/ } },
  },
  {
    name: 'kernel-tainted-silently',
    breaks: 'a program turns the console off before a module runs into a WARN',
    lacks: lacksModule,
    expected: {
      verdict: 'kernel-oops',
      finding: { class: 'kernel-oops', title: /^kernel tainted: W, and nothing on the console$/ },
    },
  },
  {
    name: 'console-silenced',
    breaks: 'a program turns the console off, and nothing else happens',
    isExtra: true,
    expected: { verdict: 'miss', message: /log level from 7 to 0/ },
  },
  {
    name: 'kernel-resets',
    breaks: 'a triple fault resets the machine, and nothing is printed',
    lacks: lacksModule,
    expected: {
      verdict: 'kernel-panic',
      finding: { class: 'kernel-panic', title: /guest-reset, and nothing on the console/ },
    },
  },
  {
    name: 'kernel-locks-up',
    breaks: 'a module loops for ever on one CPU (soft lockup)',
    isExtra: true,
    lacks: lacksModule,
    setting: { limits: { cpus: 2 } },
    expected: { verdict: 'kernel-oops', finding: { class: 'kernel-oops', title: /soft lockup/ } },
  },
  {
    name: 'kernel-stalls',
    breaks: 'a module loops for ever on one CPU with interrupts off (RCU stall)',
    isExtra: true,
    lacks: lacksModule,
    setting: { limits: { cpus: 2 } },
    expected: { verdict: 'kernel-oops', finding: { class: 'kernel-oops', title: /RCU stall/ } },
  },
  {
    name: 'memory-runs-out',
    breaks: 'a program that may not be killed takes all memory',
    expected: {
      verdict: 'kernel-panic',
      finding: { class: 'kernel-panic', title: /deadlocked on memory|Out of memory/ },
    },
  },
  {
    name: 'memory-eaten',
    breaks: 'a program takes all memory and is killed for that; the guest is fine',
    isExtra: true,
    expected: { verdict: 'pass', not: ['kernel-panic', 'kernel-oops', 'agent-panic'] },
  },
  {
    name: 'guest-powers-off',
    breaks: 'a program powers the guest off while a test runs',
    isExtra: true,
    expected: { verdict: 'fail', message: /ended by itself \(guest-shutdown\)/ },
  },
  {
    name: 'guest-reboots',
    breaks: 'a program reboots the guest while a test runs',
    expected: { verdict: 'fail', message: /ended by itself \(guest-reboot\)/ },
  },
];

export const KERNEL_CASES = ROWS.map(
  (row): GuestCase => ({ setting: {}, ...row, kind: 'guest', until: 'scenario' }),
);
