import type { CommandCase, GuestCase, WorkerCase } from '../selftest-case.ts';
import type { SelftestHost } from '../selftest-host.ts';

function lacksMounts({ canMount }: SelftestHost): string | undefined {
  return canMount ? undefined : 'this host lets us mount no file system of limited size';
}

const GUESTS: readonly GuestCase[] = [
  {
    kind: 'guest',
    name: 'machine-lacks-memory',
    breaks: 'the host has no memory for another QEMU',
    until: 'boots',
    setting: { machineMib: 200 },
    expected: { verdict: 'miss', message: /memory/ },
  },
  {
    kind: 'guest',
    name: 'package-cut',
    breaks: 'the second half of the kernel’s Debian package is missing',
    until: 'boots',
    setting: { kernel: 'package-cut' },
    expected: { verdict: 'miss', message: /cannot unpack/ },
  },
  {
    kind: 'guest',
    name: 'template-damaged',
    breaks: 'init is overwritten in a saved guest, so that a guest restored from it panics',
    isExtra: true,
    until: 'scenario',
    setting: { savedGuest: 'damaged' },
    expected: { verdict: 'pass' },
    expectedReport: {
      crashes: [],
      unconfirmed: [/Attempted to kill init/],
      note: /could not be restored: .*Attempted to kill init.*another one is made$/,
      guests: ['L2', 'boot'],
    },
  },
];

const COMMANDS: readonly CommandCase[] = [
  {
    kind: 'command',
    name: 'qemu-missing',
    breaks: 'there is no QEMU on the host',
    brokenHost: 'no-qemu',
    expected: { exitCode: 69, output: /cannot run \S*qemu-system-x86_64[\s\S]*apt install/ },
  },
  {
    kind: 'command',
    name: 'reports-full',
    breaks: 'the disk with the reports is full',
    brokenHost: 'full-reports',
    lacks: lacksMounts,
    // What was measured is missing in the report, which is worse than having measured nothing.
    expected: {
      exitCode: 1,
      output: /^miss .*no space left on the disk[\s\S]*report is incomplete/m,
    },
  },
  {
    kind: 'command',
    name: 'reports-fill-up',
    breaks: 'the disk that the reports go to fills up while tests run',
    brokenHost: 'filling-reports',
    lacks: lacksMounts,
    expected: {
      exitCode: 1,
      output: /^miss .*no space left on the disk[\s\S]*report is incomplete/m,
    },
  },
  {
    kind: 'command',
    name: 'cache-full',
    breaks: 'the disk with the cache is full',
    isExtra: true,
    brokenHost: 'full-cache',
    lacks: lacksMounts,
    expected: { exitCode: 69, output: /^miss .*no space left on the disk/m },
  },
];

const WORKERS: readonly WorkerCase[] = [
  {
    kind: 'workers',
    name: 'workers-killed',
    breaks: 'worker processes are killed by SIGKILL at random moments, for a minute',
    isExtra: true,
    seconds: 60,
  },
];

/** Hosts that fail. */
export const HOST_CASES = [...GUESTS, ...WORKERS, ...COMMANDS];
