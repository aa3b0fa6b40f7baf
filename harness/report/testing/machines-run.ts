/**
 * A run on several machines: the host's QEMU, a newer one in a container, and containers on the host's
 * kernel, which has hybrid cgroups, so that one of their cells is skipped as a whole.
 */
import {
  BOOTS,
  EVENTS_VERSION,
  type MachineFacts,
  type RunEvent,
  type TestId,
} from '../../events.ts';
import { type Cell, type CgroupMode, cellId, type MachineKind } from '../../matrix/cell.ts';
import type { Verdict } from '../../verdict/verdict.ts';

const ENGINE = 'Docker 20.10.24';

export const MACHINES: readonly MachineFacts[] = [
  { name: 'qemu', kind: 'qemu', accelerator: 'tcg', version: '7.2.22' },
  {
    ...{ name: 'qemu-10', kind: 'qemu', accelerator: 'tcg', version: '10.0.2', engine: ENGINE },
    image: `sha256:${'a'.repeat(64)}`,
  },
  {
    ...{ name: 'container', kind: 'container', accelerator: 'none', version: '20.10.24' },
    engine: ENGINE,
    privileges: ['SYS_ADMIN: mount the cgroup mode', 'MKNOD: agents make devices'],
  },
];

function cellOf(kernel: string, cgroup: CgroupMode, machine: string, kind: MachineKind): Cell {
  const axes = { kernel, config: 'default', cgroup, agent: 'guarded', machine };
  return { id: cellId(axes), ...axes, machineKind: kind, agentKind: 'reference' };
}

export const ON_QEMU = cellOf('debian-6.12', 'v2', 'qemu', 'qemu');
export const ON_NEWER_QEMU = cellOf('debian-6.12', 'v2', 'qemu-10', 'qemu');
export const IN_CONTAINERS = cellOf('host', 'hybrid', 'container', 'container');
export const SKIPPED = cellOf('host', 'v2', 'container', 'container');

export const SKIP_REASON =
  'the cell asks for cgroup v2, and this host has hybrid, which its containers share';
const SKIPPED_CELL: End = { test: BOOTS, verdict: 'skip', message: SKIP_REASON };

const FREEZER: TestId = { file: 'freezer/pause.spec.ts', title: 'pause › stops a container' };
const QUOTA: TestId = { file: 'cpu/quota.spec.ts', title: 'CPU quota › holds a container down' };

interface End {
  readonly test: TestId;
  readonly verdict: Verdict;
  readonly message?: string;
}

const BOOTED: End = { test: BOOTS, verdict: 'pass' };
const ENDS: ReadonlyMap<Cell, readonly End[]> = new Map([
  [ON_QEMU, [BOOTED, { test: QUOTA, verdict: 'pass' }, { test: FREEZER, verdict: 'pass' }]],
  [
    ON_NEWER_QEMU,
    [
      BOOTED,
      { test: QUOTA, verdict: 'fail', message: 'expected 31 % of a CPU, found 55 %' },
      { test: FREEZER, verdict: 'pass' },
    ],
  ],
  [
    IN_CONTAINERS,
    [
      BOOTED,
      { test: QUOTA, verdict: 'pass' },
      { test: FREEZER, verdict: 'skip', message: 'needs freezer, which the guest does not offer' },
    ],
  ],
  [SKIPPED, []],
] as const);

type RunBegin = Extract<RunEvent, { readonly type: 'run-begin' }>;

interface MachinesRun {
  /** Of those above; default: all. */
  readonly cells?: readonly Cell[];
  /** Those that the host cannot run. */
  readonly skipped?: readonly Cell[];
  readonly begin?: Partial<RunBegin>;
}

export function createMachinesRun({
  cells = [...ENDS.keys()],
  skipped = [SKIPPED],
  begin: change = {},
}: MachinesRun = {}): readonly RunEvent[] {
  let nowMs = Date.parse('2026-12-01T10:00:00.000Z');
  const time = (): string => {
    nowMs += 250;
    return new Date(nowMs).toISOString();
  };
  const begin: RunBegin = {
    ...{ type: 'run-begin', version: EVENTS_VERSION, run: '20261201-100000-cafe', time: time() },
    ...{ profile: 'all', matrix: 'matrix.yaml', inputs: { 'matrix.yaml': 'sha256:1' } },
    ...{ expectations: [], isFiltered: false, isWholeMatrix: true, retries: 0, missRetries: 0 },
    ...{ isolation: 'test', hasTemplates: true, isCacheRead: true, jobs: 2, cells },
    host: {
      ...{ kmx: '0.1.0', node: 'v24.0.0', kernel: '6.18.44', cpus: 2, memoryMib: 8192 },
      machines: MACHINES.filter(({ name }) => cells.some(({ machine }) => machine === name)),
    },
    ...change,
  };
  const kernels = ['debian-6.12', 'host'].map((name): RunEvent => {
    const release = name === 'host' ? '6.18.44' : '6.12.117-cloud-amd64';
    const kernel = { name, release, digest: `sha256:${name}`, origin: name };
    return { type: 'kernel-end', time: time(), kernel };
  });
  return [
    begin,
    ...kernels,
    ...cells.flatMap((cell) => {
      const ends = skipped.includes(cell) ? [SKIPPED_CELL] : (ENDS.get(cell) ?? []);
      return eventsOf(cell, ends, time);
    }),
    { type: 'run-end', time: time(), interrupted: false },
  ];
}

function eventsOf(
  { id: cell, cgroup, kernel, machineKind }: Cell,
  ends: readonly End[],
  time: () => string,
): readonly RunEvent[] {
  const isSkipped = ends[0] === SKIPPED_CELL;
  const guest = 1;
  const up: readonly RunEvent[] = isSkipped
    ? []
    : [
        {
          ...{ type: 'guest-begin', time: time(), cell, guest, reason: 'first', from: 'boot' },
          command: [machineKind === 'container' ? 'docker' : 'qemu-system-x86_64'],
        },
        {
          ...{ type: 'guest-ready', time: time(), cell, guest, bootMs: 400 },
          facts: {
            ...{ release: kernel, cmdline: 'quiet', cpus: 2, memoryMib: 220, cgroup },
            ...{ controllers: ['cpu'], v1Mounts: {}, v2Controllers: ['cpu'], disagreements: [] },
          },
        },
        { type: 'tests', time: time(), cell, tests: ends.slice(1).map(({ test }) => test) },
      ];
  return [
    { type: 'cell-begin', time: time(), cell },
    ...up,
    ...ends.flatMap(({ test, verdict, message }): RunEvent[] => [
      { type: 'test-begin', time: time(), cell, test },
      {
        ...{ type: 'test-end', time: time(), cell, test, verdict, durationMs: 100, findings: [] },
        ...(message === undefined ? {} : { detail: { message } }),
      },
    ]),
    { type: 'cell-end', time: time(), cell, durationMs: isSkipped ? 0 : 900 },
  ];
}
