import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { loadMatrix } from '../cli/load-matrix.ts';
import { guestBinaries } from '../cli/project.ts';
import { resolveHostKernel } from '../kernels/host/host-kernel.ts';
import { bootSpecOf } from '../live-guest/boot-spec.ts';
import {
  type ContainerMachine,
  createContainerMachine,
} from '../machine/container/container-machine.ts';
import { readHostCgroupMode } from '../machine/container/host-cgroups.ts';
import { prepareCell } from '../prepare/prepare-cell.ts';
import { type ContainerMemory, readContainerMemory } from './container-memory.ts';
import { type Figure, median, ratio, seconds, twoDigits } from './figure.ts';
import { type GuestParts, startGuest } from './guest-boots.ts';
import { makeBenchFolder, PROJECT_MATRIX, timeKmxRun } from './kmx-command.ts';
import type { BenchContext } from './section.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TEST = ':runs a program and reports its exit code';
/** Has all controllers of cgroup v1, as most hosts do. */
const QEMU_KERNEL = 'debian-6.1';
const STARTS = 20;
const LOADS = 9;

/** Guests in containers, beside the same tests in guests of QEMU. */
export async function measureContainers({ cacheRoot, rounds }: BenchContext): Promise<Figure[]> {
  const mode = await readHostCgroupMode();
  return [
    ...(await measureRuns(mode, rounds)),
    ...(await measureGuests(await prepareContainer(mode, cacheRoot))),
    ...(await measureLoading()),
  ];
}

async function measureRuns(mode: string, rounds: number): Promise<Figure[]> {
  await using folder = await makeBenchFolder();
  const inContainers = ['--profile', 'host', '--only', 'default', mode];
  const inQemu = ['--profile', 'all', '--only', QEMU_KERNEL, 'default', mode];
  const run = (words: readonly string[]) => timeKmxRun(folder, PROJECT_MATRIX, words);
  const one = {
    containers: [...inContainers, 'guarded', TEST],
    qemu: [...inQemu, 'guarded', TEST],
  };
  // Makes the templates that all later runs of QEMU restore.
  await run(inQemu);
  await run(one.containers);
  const containers: number[] = [];
  const qemu: number[] = [];
  for (let round = 0; round < rounds; round++) {
    containers.push((await run(one.containers)).ms);
    qemu.push((await run(one.qemu)).ms);
  }
  const all = { containers: await run(inContainers), qemu: await run(inQemu) };
  const note = `median of ${rounds}`;
  const noteOf = ({ cells, guests, tests }: (typeof all)['qemu']) =>
    `${cells} cells, ${guests} guests, ${tests} tests`;
  return [
    { name: 'one test, command to verdict', value: seconds(median(containers)), unit: 's', note },
    {
      name: 'the same in QEMU',
      value: seconds(median(qemu)),
      unit: 's',
      note: `${note}, ${QEMU_KERNEL}, with a saved guest`,
    },
    ratio('one test: container / QEMU', median(containers), median(qemu)),
    {
      name: 'all scenarios on the host’s kernel',
      value: seconds(all.containers.ms),
      unit: 's',
      note: noteOf(all.containers),
    },
    {
      name: 'the same in QEMU',
      value: seconds(all.qemu.ms),
      unit: 's',
      note: `${noteOf(all.qemu)}, ${QEMU_KERNEL}, with saved guests`,
    },
    ratio(
      'a test: container / QEMU',
      all.containers.ms / all.containers.tests,
      all.qemu.ms / all.qemu.tests,
    ),
  ];
}

async function prepareContainer(
  cgroup: Awaited<ReturnType<typeof readHostCgroupMode>>,
  cacheRoot: string,
): Promise<Omit<GuestParts, 'folder'>> {
  const prepared = await prepareCell({
    cell: {
      ...{ id: 'bench', kernel: 'host', config: 'default', cgroup, agent: 'guarded' },
      ...{ machine: 'container', machineKind: 'container', agentKind: 'reference' },
    },
    kernel: await resolveHostKernel(),
    config: { bootParameters: [], leaveUnmounted: [] },
    agent: { kind: 'reference', guard: 'on' },
    binaries: guestBinaries,
    cacheRoot,
  });
  return { prepared, limits: loadMatrix(PROJECT_MATRIX).limits };
}

interface Started {
  readonly connectedMs: number;
  readonly answeredMs: number;
  readonly removedMs: number;
  readonly memory: ContainerMemory;
}

async function measureGuests(parts: Omit<GuestParts, 'folder'>): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kmx-bench-'));
  try {
    await using machine = await createContainerMachine();
    // The first one waits for its image.
    await timeStart(machine, { ...parts, folder });
    const started: Started[] = [];
    while (started.length < STARTS) started.push(await timeStart(machine, { ...parts, folder }));
    const of = (choose: (one: Started) => number) => twoDigits(median(started.map(choose)));
    const note = `median of ${STARTS} in a row, ${machine.engine}`;
    return [
      { name: 'started: init is connected', value: of((one) => one.connectedMs), unit: 'ms', note },
      { name: 'started: its agent has answered', value: of((one) => one.answeredMs), unit: 'ms' },
      { name: 'ended and removed', value: of((one) => one.removedMs), unit: 'ms' },
      {
        name: 'one container: memory of its cgroup',
        value: of(({ memory }) => memory.cgroupMib),
        unit: 'MiB',
        note: 'with the kernel’s own for it, and files in its memory',
      },
      {
        name: 'one container: init and agent, resident (RSS)',
        value: of(({ memory }) => memory.rssMib),
        unit: 'MiB',
        note: 'programs are shared among containers',
      },
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function timeStart(machine: ContainerMachine, parts: GuestParts): Promise<Started> {
  const beginMs = performance.now();
  const instance = await machine.boot(bootSpecOf(parts.prepared, parts.limits));
  const connectedMs = performance.now() - beginMs;
  const guest = await startGuest(instance, parts);
  const answeredMs = performance.now() - beginMs;
  const memory = await readContainerMemory(instance.pid);
  const endMs = performance.now();
  await guest.end();
  return { connectedMs, answeredMs, removedMs: performance.now() - endMs, memory };
}

/** Only commands that need an engine pay for this. */
async function measureLoading(): Promise<Figure[]> {
  const module = 'testcontainers/build/container-runtime/index.js';
  const note = `median of ${LOADS}, from the cache of compiled code`;
  const loads: number[] = [];
  // The first one fills the cache of compiled code.
  for (let round = 0; round <= LOADS; round++) loads.push(await timeImport(module));
  const value = Math.round(median(loads.slice(1)));
  return [{ name: 'loading testcontainers', value, unit: 'ms', note }];
}

async function timeImport(module: string): Promise<number> {
  const code = `const begin = performance.now(); await import('${module}'); console.log(performance.now() - begin);`;
  const words = ['--input-type=module', '--eval', code];
  const { stdout } = await execa(process.execPath, words, { cwd: ROOT });
  return Number(stdout);
}
