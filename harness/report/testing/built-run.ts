/**
 * A run of one kernel of kmx's own making, built twice: without and with the v1 controllers that 6.12 made
 * optional. The unguarded agent panics on the first and passes on the second.
 */
import { BOOTS, EVENTS_VERSION, type RunEvent, type TestId } from '../../events.ts';
import { type Cell, cellId } from '../../matrix/cell.ts';
import { probedFacts } from '../../testing/probed-facts.ts';
import type { Finding } from '../../verdict/finding.ts';

export const SOURCE = 'source-6.12';
const CONFIGS = ['v1-off', 'v1-on'] as const;
type Config = (typeof CONFIGS)[number];

export const QUOTA: TestId = {
  file: 'cpu/quota.spec.ts',
  title: 'CPU quota › holds a container down',
};

function cellOf(config: Config): Cell {
  const axes = {
    kernel: SOURCE,
    config,
    cgroup: 'v1',
    agent: 'unguarded',
    machine: 'qemu',
  } as const;
  const build = `${SOURCE}+${config}`;
  return { id: cellId(axes), ...axes, build, machineKind: 'qemu', agentKind: 'reference' };
}

export const [OFF, ON] = [cellOf('v1-off'), cellOf('v1-on')];

const PANIC: Finding = {
  class: 'agent-panic',
  title: 'called `Option::unwrap()` on a `None` value',
  place: 'src/cgroups.rs:429',
  signature: 's2-0123456789abcdef',
  source: 'agent-stderr',
  start: 0,
  end: 70,
  excerpt: "thread 'main' panicked at src/cgroups.rs:429:67",
};

const DIGESTS = { 'v1-off': `sha256:${'0'.repeat(64)}`, 'v1-on': `sha256:${'1'.repeat(64)}` };

export function createBuiltRun(): readonly RunEvent[] {
  let nowMs = Date.parse('2026-12-01T10:00:00.000Z');
  const time = (): string => {
    nowMs += 250;
    return new Date(nowMs).toISOString();
  };
  return [
    {
      ...{ type: 'run-begin', version: EVENTS_VERSION, run: '20261201-100000-b111', time: time() },
      ...{ profile: 'v1-compat', matrix: 'matrix.yaml', inputs: { 'matrix.yaml': 'sha256:1' } },
      ...{ expectations: [], isFiltered: false, isWholeMatrix: false, retries: 0, missRetries: 0 },
      ...{ isolation: 'test', hasTemplates: true, isCacheRead: true, jobs: 2, cells: [OFF, ON] },
      host: {
        ...{ kmx: '0.1.0', node: 'v24.0.0', kernel: '6.18.44', cpus: 2, memoryMib: 8192 },
        machines: [{ name: 'qemu', kind: 'qemu', accelerator: 'tcg', version: '7.2.22' }],
      },
    },
    ...CONFIGS.map((config): RunEvent => kernelOf(config, time())),
    ...CONFIGS.map((config): RunEvent => {
      const isOn = config === 'v1-on';
      const facts = isOn
        ? probedFacts({ v1Mounts: { cpu: 'ok', cpuset: 'ok' }, disagreements: [] })
        : probedFacts();
      return { type: 'facts', time: time(), digest: DIGESTS[config], facts };
    }),
    ...[OFF, ON].flatMap((cell) => eventsOf(cell, time)),
    { type: 'run-end', time: time(), interrupted: false },
  ];
}

function kernelOf(config: Config, time: string): RunEvent {
  const isOn = config === 'v1-on';
  return {
    type: 'kernel-end',
    time,
    kernel: {
      ...{ name: `${SOURCE}+${config}`, release: '6.12.117', digest: `sha256:kernel-${config}` },
      origin: 'source linux-source-6.12 6.12.117-1 (trixie), minimal, 2 symbols',
      config: {
        ...{ digest: `sha256:config-${config}`, from: 'guest', alsoFrom: ['build'] },
        compiler: 'gcc (Debian 12.2.0-14) 12.2.0',
      },
      built: { seconds: isOn ? 95 : 252, isCached: !isOn },
    },
  };
}

function eventsOf(cell: Cell, time: () => string): readonly RunEvent[] {
  const { id, config, cgroup } = cell;
  const isOn = config === 'v1-on';
  const guest = 1;
  const end = { type: 'test-end', cell: id, durationMs: 100, guest } as const;
  return [
    { type: 'cell-begin', time: time(), cell: id },
    {
      ...{ type: 'guest-begin', time: time(), cell: id, guest, reason: 'first', from: 'boot' },
      command: ['qemu-system-x86_64'],
    },
    {
      ...{ type: 'guest-ready', time: time(), cell: id, guest, bootMs: 400 },
      facts: {
        ...{ release: '6.12.117', cmdline: 'quiet', cpus: 2, memoryMib: 220, cgroup },
        ...{ controllers: isOn ? ['cpu', 'cpuset'] : ['cpu'], v2Controllers: ['cpu'] },
        v1Mounts: { cpu: 'ok', cpuset: isOn ? 'ok' : 'EINVAL' },
        disagreements: isOn ? [] : ['cpuset'],
        probed: DIGESTS[isOn ? 'v1-on' : 'v1-off'],
      },
    },
    { type: 'tests', time: time(), cell: id, tests: [QUOTA] },
    { type: 'test-begin', time: time(), cell: id, test: BOOTS },
    { ...end, time: time(), test: BOOTS, verdict: 'pass', findings: [] },
    { type: 'test-begin', time: time(), cell: id, test: QUOTA },
    isOn
      ? { ...end, time: time(), test: QUOTA, verdict: 'pass', findings: [] }
      : {
          ...{ ...end, time: time(), test: QUOTA, verdict: 'agent-panic', findings: [PANIC] },
          signature: PANIC.signature,
        },
    { type: 'cell-end', time: time(), cell: id, durationMs: 900 },
  ];
}
