/** Boots for the other benchmarks: prepared once, timed often. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADAPTERS } from '../agents/connect.ts';
import { openFetchDisplay } from '../cli/fetch-display.ts';
import { loadMatrix } from '../cli/load-matrix.ts';
import { guestBinaries } from '../cli/project.ts';
import { chooseAccelerator } from '../cli/run-host.ts';
import { InfraError, UsageError } from '../errors.ts';
import { type BootableKernel, isBootable } from '../kernels/kernel-image.ts';
import { resolveKernel } from '../kernels/resolve-kernel.ts';
import { vmSpecOf } from '../live-guest/boot-spec.ts';
import { GuestStopped } from '../live-guest/bring-up.ts';
import { GuestStarter } from '../live-guest/guest-starter.ts';
import type { LiveGuest } from '../live-guest/live-guest.ts';
import type { Instance, Machine, VmSpec } from '../machine/machine.ts';
import type { Accelerator } from '../machine/qemu/guest-devices.ts';
import { createQemuMachine } from '../machine/qemu/qemu-machine.ts';
import type { Limits, Matrix } from '../matrix/matrix.ts';
import { type PreparedCell, type PreparedVm, prepareCell } from '../prepare/prepare-cell.ts';
import { PROJECT_MATRIX } from './kmx-command.ts';

/** The guest that benchmarks boot: default config, cgroup v2, guarded reference agent. */
export interface BenchGuest extends AsyncDisposable {
  /** With KVM where `kmx run` would use it. */
  readonly machine: Machine;
  readonly accelerator: Accelerator;
  readonly prepared: PreparedCell;
  readonly kernel: BootableKernel;
  readonly vm: PreparedVm;
  readonly spec: VmSpec;
  readonly limits: Limits;
  /** For what guests leave behind; removed on disposal. */
  readonly folder: string;
}

/** CPU time is the emulator's: it depends less on what else the host does. */
export interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** USER_HZ, in which /proc counts CPU time: 100 on every x86 (proc(5)). */
const MS_A_TICK = 10;

export async function prepareGuest(
  kernel: string,
  cacheRoot: string,
  matrixFile = PROJECT_MATRIX,
): Promise<BenchGuest> {
  const matrix = loadMatrix(matrixFile);
  const prepared = await prepare(matrix, kernel, cacheRoot);
  const accelerator = await chooseAccelerator(cacheRoot, new Map([[kernel, prepared.kernel]]));
  const machine = await createQemuMachine({ accelerator });
  const { limits } = matrix;
  const folder = await mkdtemp(join(tmpdir(), 'kmx-bench-'));
  const { boot: vm, kernel: image } = prepared;
  if (vm.kind !== 'vm' || !isBootable(image)) throw new Error('Expected a kernel for QEMU');
  const spec = vmSpecOf(vm, limits);
  const remove = () => rm(folder, { recursive: true });
  return {
    ...{ machine, accelerator, prepared, kernel: image, vm, spec, limits, folder },
    [Symbol.asyncDispose]: remove,
  };
}

async function prepare(matrix: Matrix, name: string, cacheRoot: string): Promise<PreparedCell> {
  const source = matrix.kernels.get(name);
  if (source === undefined) {
    const remedy = `matrix.yaml has: ${[...matrix.kernels.keys()].join(', ')}`;
    throw new UsageError(`there is no kernel ${name}`, { code: 'UNKNOWN_KERNEL', remedy });
  }
  using fetches = await openFetchDisplay(process.stderr, process.env);
  const { onProgress } = fetches;
  const image = await resolveKernel(name, source, { cacheRoot, onProgress });
  return await prepareCell({
    cell: {
      id: 'bench',
      kernel: name,
      config: 'default',
      cgroup: 'v2',
      agent: 'guarded',
      machine: 'qemu',
      machineKind: 'qemu',
      agentKind: 'reference',
    },
    kernel: image,
    config: { bootParameters: [], leaveUnmounted: [] },
    agent: { kind: 'reference', guard: 'on' },
    binaries: guestBinaries,
    cacheRoot,
  });
}

/** Measures from QEMU's start to the agent's first answer. */
export async function timeFirstAnswer(
  guest: BenchGuest,
  { machine, spec }: Pick<BenchGuest, 'machine' | 'spec'> = guest,
): Promise<Cost> {
  const beginMs = performance.now();
  const instance = await machine.boot(spec);
  await using live = await startGuest(instance, guest);
  const connectAgent = ADAPTERS[guest.prepared.cell.agentKind];
  await using agent = connectAgent({ socketPath: live.agentSocket, limits: guest.limits });
  await agent.version();
  return await costSince(beginMs, instance);
}

/** What guests of any machine are brought up with. */
export type GuestParts = Pick<BenchGuest, 'prepared' | 'limits' | 'folder'>;

/** Starts guests of the cell; their events are dropped. */
export function createStarter({ prepared, limits, folder }: GuestParts): GuestStarter {
  const { agent, leaveUnmounted, cell } = prepared;
  const { cgroup, agentKind } = cell;
  return new GuestStarter({
    setup: { cgroup, leaveUnmounted, agent, connectAgent: ADAPTERS[agentKind] },
    ...{ limits, folder, emit: () => {}, guestsBefore: 0 },
    signal: new AbortController().signal,
  });
}

/** Brings a booted guest up to a healthy agent. */
export async function startGuest(instance: Instance, bench: GuestParts): Promise<LiveGuest> {
  const guest = await createStarter(bench).start(Promise.resolve(instance), { origin: 'boot' });
  if (guest.kind === 'failed') throw guest.error;
  try {
    await guest.addAgent(await guest.boot(), []);
    return guest;
  } catch (error) {
    await guest.end();
    if (!(error instanceof GuestStopped)) throw error;
    const { message: output } = error;
    throw new InfraError('the guest did not come up', { code: 'BENCH', output, cause: error });
  }
}

export async function costSince(beginMs: number, { pid }: Instance): Promise<Cost> {
  const wallMs = performance.now() - beginMs;
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // After the name in brackets, which may contain spaces: state is field 3, utime 14, stime 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { wallMs, cpuMs: (Number(fields[11]) + Number(fields[12])) * MS_A_TICK };
}
