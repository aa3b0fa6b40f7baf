/**
 * A hand-made run in which everything happens that can happen to a test: two kernels in both modes
 * with both personalities of the reference agent, a panic in several cells, a hang, an oops that
 * kills a kernel, a boot failure, a host that fails, and a guest that prints to deceive.
 */
import {
  BOOTS,
  EVENTS_VERSION,
  type GuestFacts,
  type HostFacts,
  type RunEvent,
} from '../../events.ts';
import type { ProbedFacts } from '../../guest-facts.ts';
import { type Cell, type CgroupMode, cellId } from '../../matrix/cell.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { probedFacts } from '../../testing/probed-facts.ts';
import { ENDS, type End, LOOSE, TESTS } from './sample-ends.ts';

const HOST: HostFacts = {
  kmx: '0.1.0',
  node: 'v24.0.0',
  kernel: '6.1.0',
  cpus: 2,
  memoryMib: 8192,
  machines: [{ name: 'qemu', kind: 'qemu', accelerator: 'tcg', version: '7.2.22' }],
};

const KERNELS = [
  { name: 'debian-6.1', release: '6.1.192-cloud-amd64', digest: 'sha256:61', origin: 'debian 6.1' },
  {
    name: 'debian-6.12',
    release: '6.12.117-cloud-amd64',
    digest: 'sha256:612',
    origin: 'debian 6.12',
  },
];

const START_MS = Date.parse('2026-08-01T10:00:00.000Z');

function createClock(): () => string {
  let nowMs = START_MS;
  return () => {
    nowMs += 250;
    return new Date(nowMs).toISOString();
  };
}

function cellOf(kernel: string, cgroup: CgroupMode, agent: string): Cell {
  const axes = { kernel, config: 'default', cgroup, agent, machine: 'qemu' };
  return { id: cellId(axes), ...axes, machineKind: 'qemu', agentKind: 'reference' };
}

export const SAMPLE_CELLS: readonly Cell[] = [
  ...KERNELS.flatMap(({ name }) =>
    (['v1', 'v2'] as const).flatMap((cgroup) =>
      ['guarded', 'unguarded'].map((agent) => cellOf(name, cgroup, agent)),
    ),
  ),
  cellOf('debian-7.3', 'v1', 'guarded'),
  cellOf('debian-6.1', 'hybrid', 'guarded'),
];

/** What the guests of each kernel say, by its name. */
const PROBED: ReadonlyMap<string, { readonly digest: string; readonly facts: ProbedFacts }> =
  new Map([
    [
      'debian-6.1',
      {
        digest: `sha256:${'1'.repeat(64)}`,
        facts: probedFacts({
          v1Mounts: { cpu: 'ok', cpuset: 'ok', memory: 'ok' },
          v1Files: ['cpu.shares', 'cpuset.cpus', 'memory.limit_in_bytes'],
          disagreements: [],
        }),
      },
    ],
    ['debian-6.12', { digest: `sha256:${'2'.repeat(64)}`, facts: probedFacts() }],
  ]);

function factsOf({ kernel, cgroup }: Cell): GuestFacts {
  const isOld = kernel === 'debian-6.1';
  return {
    release: kernel.replace('debian-', ''),
    cmdline: 'console=ttyS0 panic=-1',
    cpus: 2,
    memoryMib: 220,
    cgroup,
    controllers: isOld || cgroup === 'v2' ? ['cpu', 'cpuset', 'memory', 'pids'] : ['cpu', 'pids'],
    v1Mounts: { cpu: 'ok', cpuset: isOld ? 'ok' : 'EINVAL', memory: isOld ? 'ok' : 'EINVAL' },
    v2Controllers: ['cpu', 'cpuset', 'memory', 'pids'],
    disagreements: isOld ? [] : ['cpuset', 'memory'],
    ...omitUndefined({ probed: PROBED.get(kernel)?.digest }),
  };
}

/** All events of the run, in the order in which they happened. */
export function createSampleRun(): readonly RunEvent[] {
  const time = createClock();
  const begin: RunEvent = {
    type: 'run-begin',
    version: EVENTS_VERSION,
    run: '20260801-100000-cafe',
    time: time(),
    profile: 'quick',
    matrix: 'matrix.yaml',
    inputs: { 'matrix.yaml': 'sha256:1' },
    expectations: [],
    isFiltered: false,
    isWholeMatrix: false,
    retries: 0,
    missRetries: 0,
    isolation: 'test',
    hasTemplates: true,
    isCacheRead: true,
    jobs: 2,
    host: HOST,
    cells: SAMPLE_CELLS,
  };
  const kernels = KERNELS.map((kernel): RunEvent => ({ type: 'kernel-end', time: time(), kernel }));
  const facts = [...PROBED.values()].map(
    (probed): RunEvent => ({ type: 'facts', time: time(), ...probed }),
  );
  const cells = ENDS.flatMap((ends, index) => {
    const cell = SAMPLE_CELLS[index];
    return cell === undefined ? [] : eventsOfCell(cell, ends, time);
  });
  const [, , , , , , , , unfetched, bootless] = SAMPLE_CELLS;
  return [
    begin,
    ...kernels,
    ...facts,
    {
      type: 'kernel-failed',
      time: time(),
      name: 'debian-7.3',
      message: 'no package of series 7.3',
    },
    ...cells,
    ...eventsOfBoot(unfetched, time, {
      verdict: 'miss',
      detail: { message: 'no package of series 7.3' },
    }),
    ...eventsOfBoot(bootless, time, {
      verdict: 'boot-failure',
      detail: { message: 'no working init: init said nothing for 60000 ms; the console is empty' },
    }),
    { type: 'run-end', time: time(), interrupted: false },
  ];
}

function eventsOfCell(cell: Cell, ends: readonly End[], time: () => string): readonly RunEvent[] {
  const { id } = cell;
  let guest = 1;
  const events: RunEvent[] = [
    { type: 'cell-begin', time: time(), cell: id },
    { type: 'test-begin', time: time(), cell: id, test: BOOTS },
    {
      type: 'guest-begin',
      time: time(),
      cell: id,
      guest,
      reason: 'first',
      from: 'boot',
      command: ['qemu-system-x86_64'],
    },
    { type: 'guest-ready', time: time(), cell: id, guest, bootMs: 4000, facts: factsOf(cell) },
    {
      type: 'test-end',
      time: time(),
      cell: id,
      test: BOOTS,
      durationMs: 4001,
      guest,
      verdict: 'pass',
      findings: [],
    },
    { type: 'tests', time: time(), cell: id, tests: TESTS },
  ];
  for (const [index, { verdict, detail, findings = [] }] of ends.entries()) {
    const test = TESTS[index] ?? BOOTS;
    events.push({ type: 'test-begin', time: time(), cell: id, test });
    for (const finding of findings)
      events.push({ type: 'finding', time: time(), cell: id, guest, finding });
    const [primary] = findings;
    const result = {
      verdict,
      ...(primary?.class === verdict ? { signature: primary.signature } : {}),
      durationMs: 812,
      findings,
      ...omitUndefined({ detail }),
    };
    events.push({
      type: 'test-end',
      time: time(),
      cell: id,
      test,
      ...result,
      ...(verdict === 'skip' ? {} : { guest }),
    });
    if (verdict === 'pass' || verdict === 'skip') continue;
    events.push({ type: 'guest-end', time: time(), cell: id, guest, how: 'ended by kmx' });
    if (index === ends.length - 1) continue;
    guest += 1;
    events.push(
      {
        type: 'guest-begin',
        time: time(),
        cell: id,
        guest,
        reason: `after-${verdict}`,
        from: 'boot',
        command: ['qemu-system-x86_64'],
      },
      { type: 'guest-ready', time: time(), cell: id, guest, bootMs: 3900, facts: factsOf(cell) },
    );
  }
  // Recognised after the last test of the cell was decided.
  if (id === SAMPLE_CELLS[3]?.id)
    events.push({ type: 'finding', time: time(), cell: id, guest, finding: LOOSE });
  return [...events, { type: 'cell-end', time: time(), cell: id, durationMs: 9000 }];
}

function eventsOfBoot(cell: Cell | undefined, time: () => string, end: End): readonly RunEvent[] {
  if (cell === undefined) return [];
  const { id } = cell;
  const { verdict, detail = {} } = end;
  return [
    { type: 'cell-begin', time: time(), cell: id },
    { type: 'test-begin', time: time(), cell: id, test: BOOTS },
    {
      type: 'test-end',
      time: time(),
      cell: id,
      test: BOOTS,
      durationMs: 0,
      verdict,
      detail,
      findings: [],
    },
    { type: 'cell-end', time: time(), cell: id, durationMs: 0 },
  ];
}
