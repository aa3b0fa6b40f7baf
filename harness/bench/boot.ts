import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAgent } from '../agents/connect.ts';
import { loadMatrix } from '../cli/load-matrix.ts';
import { guestBinaries } from '../cli/project.ts';
import { InfraError, UsageError } from '../errors.ts';
import { resolveKernel } from '../kernels/resolve-kernel.ts';
import type { BootSpec, Machine } from '../machine/machine.ts';
import { createQemuMachine } from '../machine/qemu/qemu-machine.ts';
import type { Matrix } from '../matrix/matrix.ts';
import { formatCpio } from '../prepare/newc.ts';
import { type PreparedCell, prepareCell } from '../prepare/prepare-cell.ts';
import { runGuest } from '../run/guest-run.ts';
import { type Figure, median, seconds } from './figure.ts';

export interface BootBench {
  readonly cacheRoot: string;
  /** Name of a kernel in matrix.yaml. */
  readonly kernel: string;
  readonly rounds: number;
}

const MARK = 'kmx-bench: init';

/**
 * From QEMU's start to the agent's first answer, against the floor: the same kernel and machine to the
 * first line of a bare busybox. The two take turns, so that a busy moment of the host hits both.
 */
export async function measureBoot({ cacheRoot, kernel, rounds }: BootBench): Promise<Figure[]> {
  const matrix = loadMatrix('matrix.yaml');
  const prepared = await prepare(matrix, kernel, cacheRoot);
  const machine = await createQemuMachine({ accelerator: 'tcg' });
  const folder = await mkdtemp(join(tmpdir(), 'kmx-bench-'));
  try {
    const bare = join(folder, 'busybox.cpio');
    await writeFile(bare, await makeBareInitramfs());
    const spec: BootSpec = {
      kernel: prepared.image,
      initramfs: prepared.initramfs,
      bootParameters: prepared.bootParameters,
      cpus: matrix.limits.cpus,
      memoryMib: matrix.limits.memoryMib,
    };
    const packed = prepared.kernel.image;
    const floors: number[] = [];
    const packedFloors: number[] = [];
    const answers: number[] = [];
    for (let round = 0; round < rounds; round++) {
      floors.push(await timeBare(machine, { ...spec, initramfs: bare }));
      packedFloors.push(await timeBare(machine, { ...spec, initramfs: bare, kernel: packed }));
      answers.push(await timeFirstAnswer(machine, spec, prepared, matrix, folder));
    }
    const [floor, packedFloor, answer] = [floors, packedFloors, answers].map(median);
    return describe(kernel, rounds, { floor, packedFloor, answer });
  } finally {
    await rm(folder, { recursive: true });
  }
}

function describe(
  kernel: string,
  rounds: number,
  {
    floor = 0,
    packedFloor = 0,
    answer = 0,
  }: Record<'floor' | 'packedFloor' | 'answer', number | undefined>,
): Figure[] {
  const note = `median of ${rounds}, ${kernel}`;
  return [
    { name: 'floor: bare busybox init', value: seconds(floor), unit: 's', note },
    { name: 'floor with the bzImage', value: seconds(packedFloor), unit: 's', note },
    { name: 'first answer of the agent', value: seconds(answer), unit: 's', note },
    { name: 'first answer over the floor', value: seconds(answer - floor), unit: 's' },
    { name: 'first answer / floor', value: Math.round((answer / floor) * 100) / 100, unit: '×' },
    {
      name: 'first answer / floor with the bzImage',
      value: Math.round((answer / packedFloor) * 100) / 100,
      unit: '×',
    },
  ];
}

async function prepare(matrix: Matrix, name: string, cacheRoot: string): Promise<PreparedCell> {
  const source = matrix.kernels.get(name);
  if (source === undefined) {
    const remedy = `matrix.yaml has: ${[...matrix.kernels.keys()].join(', ')}`;
    throw new UsageError(`there is no kernel ${name}`, { code: 'UNKNOWN_KERNEL', remedy });
  }
  const report = (line: string): void => void process.stderr.write(`${line}\n`);
  const image = await resolveKernel(name, source, { cacheRoot, report });
  return await prepareCell({
    cell: { id: 'bench', kernel: name, config: 'default', cgroup: 'v2', agent: 'guarded' },
    kernel: image,
    config: { bootParameters: [], leaveUnmounted: [] },
    agent: { kind: 'reference', guard: 'on' },
    binaries: guestBinaries,
    cacheRoot,
  });
}

async function timeBare(machine: Machine, spec: BootSpec): Promise<number> {
  const beginMs = performance.now();
  await using instance = await machine.boot(spec);
  for (const port of [instance.agentStdout, instance.agentStderr, instance.control]) port.resume();
  let text = '';
  for await (const chunk of instance.console) {
    text += String(chunk);
    if (text.includes(MARK)) return performance.now() - beginMs;
  }
  throw new InfraError('the bare guest ended before its init', { code: 'BENCH', output: text });
}

async function timeFirstAnswer(
  machine: Machine,
  spec: BootSpec,
  prepared: PreparedCell,
  { limits }: Matrix,
  folder: string,
): Promise<number> {
  const beginMs = performance.now();
  const instance = await machine.boot(spec);
  await using run = runGuest({
    instance,
    cgroup: 'v2',
    leaveUnmounted: [],
    agent: prepared.agent,
    limits,
    arrival: { from: 'boot' },
    folder,
    onFinding: () => {},
  });
  await run.start();
  await using agent = connectAgent({ socketPath: run.agentSocket, limits });
  await agent.version();
  return performance.now() - beginMs;
}

/** Busybox is the usual stand-in for "nothing but the kernel"; it is no part of kmx. */
async function makeBareInitramfs(): Promise<Buffer> {
  const busybox = await readFile('/bin/busybox').catch((cause: unknown) => {
    throw new InfraError('the floor is measured with a static busybox, which is not there', {
      code: 'NO_BUSYBOX',
      remedy: 'apt install busybox-static',
      cause,
    });
  });
  const script = `#!/bin/busybox sh\necho ${MARK}\n/bin/busybox sleep 60\n`;
  const parts = formatCpio([
    { kind: 'file', path: '/bin/busybox', mode: 0o755, content: busybox },
    { kind: 'character-device', path: '/dev/console', mode: 0o600, major: 5, minor: 1 },
    { kind: 'file', path: '/init', mode: 0o755, content: Buffer.from(script) },
  ]);
  return Buffer.concat(parts);
}
