import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { cacheRoot } from '../cache/cache-root.ts';
import { useCache } from '../cache/inventory.ts';
import { UsageError } from '../errors.ts';
import type { MachineFacts } from '../events.ts';
import { type BootableKernel, isBootable } from '../kernels/kernel-image.ts';
import { resolveKernel } from '../kernels/resolve-kernel.ts';
import type { Machine } from '../machine/machine.ts';
import { createMachine } from '../machine/machines.ts';
import type { QemuMachineOptions } from '../machine/qemu/qemu-settings.ts';
import type { Matrix } from '../matrix/matrix.ts';
import { scaleLimits } from '../matrix/scaled-limits.ts';
import { selectCells } from '../matrix/select.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { findGuestModules } from '../prepare/guest-modules.ts';
import { SELFTEST_CASES } from '../selftest/cases.ts';
import { canStartEngine, findContainerHost } from '../selftest/container-host.ts';
import { canMount } from '../selftest/run-command-case.ts';
import { needsContainers, runSelftest } from '../selftest/run-selftest.ts';
import type { CaseResult, SelftestCase } from '../selftest/selftest-case.ts';
import { renderCases, renderResult, renderTotals } from '../selftest/selftest-table.ts';
import { attachFolder } from './bug-report.ts';
import { colorsFor } from './colors.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { openFetchDisplay } from './fetch-display.ts';
import { listenForInterrupts } from './interrupts.ts';
import { loadMatrix } from './load-matrix.ts';
import { lookForQemu } from './look-for-qemu.ts';
import { guestBinaries, saboteur } from './project.ts';
import { chooseAccelerator, countJobs, hostFacts } from './run-host.ts';
import { createRunId } from './wanted-run.ts';

export interface SelftestOptions {
  readonly matrix: string;
  readonly all?: boolean;
  readonly only?: readonly string[];
  readonly kernel?: string;
  readonly out: string;
  readonly jobs?: number;
  readonly list?: boolean;
}

/** Breaks guests and hosts on purpose, and checks that each case gets its one right verdict. */
export async function selftest(options: SelftestOptions): Promise<number> {
  const cases = selectCases(options);
  if (options.list) {
    process.stdout.write(renderCases(cases));
    return EXIT_CODES.good;
  }
  const matrix = loadMatrix(options.matrix);
  const jobs = countJobs(options.jobs, matrix.limits);
  const root = cacheRoot(process.env);
  await using _use = await useCache(root);
  const { kernel, accelerator, machines } = cases.every(needsContainers)
    ? NO_QEMU
    : await findGround(matrix, options.kernel, root);
  const facts = hostFacts(machines);
  const { machineStartTimeoutMs } = scaleLimits(matrix.limits, {
    ...{ accelerator, jobs, cpus: facts.cpus },
  });
  const qemu = { accelerator, startTimeoutMs: machineStartTimeoutMs };
  const folder = resolve(options.out, `selftest-${createRunId()}`);
  mkdirSync(folder, { recursive: true });
  attachFolder(folder);
  const colors = colorsFor(process.stdout, process.env);
  using interrupts = listenForInterrupts();
  const results = await runSelftest({
    cases,
    host: {
      ...omitUndefined({ kernel }),
      hasModule: kernel !== undefined && (await hasBrokenModule(kernel)),
      canMount: await canMount(),
      canStartEngine: canStartEngine(),
      containers: cases.some(needsContainers)
        ? await findContainerHost()
        : { lacks: 'no case needs a container' },
    },
    facts,
    accelerator,
    createContainers: async () => {
      const { createContainerMachine } = await import('../machine/container/container-machine.ts');
      return await createContainerMachine();
    },
    createMachine: (machineMib) => createCaseMachine(qemu, machineMib, folder),
    binaries: guestBinaries,
    saboteur,
    cacheRoot: root,
    folder,
    jobs,
    signal: interrupts.signal,
    onResult: (result) => process.stdout.write(renderResult(result, colors)),
  });
  const shown = relative(process.cwd(), folder);
  process.stdout.write(
    `\n${renderTotals(results)} on ${kernel?.release ?? facts.kernel}; logs: ${shown}\n`,
  );
  return interrupts.signal.aborted ? EXIT_CODES.interrupted : exitCodeOf(results);
}

/** What virtual machines boot, and what starts them. */
interface Ground {
  readonly kernel?: BootableKernel;
  readonly accelerator: 'kvm' | 'tcg';
  readonly machines: readonly MachineFacts[];
}

/** Containers need neither QEMU nor a kernel, and hosts that have them may have none. */
const NO_QEMU: Ground = { accelerator: 'tcg', machines: [] };

async function findGround(
  matrix: Matrix,
  asked: string | undefined,
  root: string,
): Promise<Ground> {
  const { version } = await lookForQemu(process.env)();
  const kernel = await findKernel(matrix, asked, root);
  const accelerator = await chooseAccelerator(root, new Map([['kernel', kernel]]));
  return { kernel, accelerator, machines: [{ name: 'qemu', kind: 'qemu', accelerator, version }] };
}

async function hasBrokenModule(kernel: BootableKernel): Promise<boolean> {
  return (await findGuestModules(kernel)).some(({ name }) => name === BROKEN_MODULE);
}

/** The module that guest/saboteur breaks the kernel with. */
const BROKEN_MODULE = 'virtio_console';

function selectCases({ all, only = [] }: SelftestOptions): readonly SelftestCase[] {
  const words = only.map((word) => word.toLowerCase());
  const chosen = SELFTEST_CASES.filter(({ name, isExtra }) =>
    words.length === 0 ? all || !isExtra : words.some((word) => name.includes(word)),
  );
  if (chosen.length > 0) return chosen;
  throw new UsageError(`--only: no case of the selftest has ${only.join(' or ')} in its name`, {
    code: 'NO_CASE',
    remedy: 'kmx selftest --all --list shows them',
  });
}

/** The named kernel of the matrix, or the first one that a run would use. */
async function findKernel(
  matrix: Matrix,
  asked: string | undefined,
  root: string,
): Promise<BootableKernel> {
  const name = asked ?? selectCells(matrix).cells[0]?.kernel ?? '';
  const source = matrix.kernels.get(name);
  if (source === undefined) {
    throw new UsageError(`--kernel: ${matrix.file} has no kernel ${JSON.stringify(name)}`, {
      code: 'UNKNOWN_KERNEL',
      remedy: `it has: ${[...matrix.kernels.keys()].join(', ')}`,
    });
  }
  using fetches = await openFetchDisplay(process.stderr, process.env);
  const { onProgress } = fetches;
  const kernel = await resolveKernel(name, source, { cacheRoot: root, onProgress });
  if (isBootable(kernel)) return kernel;
  throw new UsageError(`--kernel: ${name} is the kernel of this host, and cannot be broken`, {
    code: 'UNKNOWN_KERNEL',
    remedy: 'name another kernel of the matrix',
  });
}

/** QEMU as it is, or with a limit on its process's memory that is too low for a guest. */
async function createCaseMachine(
  qemu: QemuMachineOptions,
  machineMib: number | undefined,
  folder: string,
): Promise<Machine> {
  if (machineMib === undefined) return await createMachine({ kind: 'qemu', options: qemu });
  const binary = join(folder, 'qemu-with-little-memory');
  const script = `ulimit -v ${machineMib * 1024}\nexec qemu-system-x86_64 "$@"\n`;
  writeFileSync(binary, `#!/bin/sh\n${script}`);
  chmodSync(binary, 0o755);
  return await createMachine({ kind: 'qemu', options: { ...qemu, binary } });
}

/** A host on which no guest boots proves nothing, right or wrong. */
function exitCodeOf(results: readonly CaseResult[]): number {
  const tried = results.filter((result) => result.state !== 'not tried');
  const boots = tried.filter(({ hasBooted }) => hasBooted !== undefined);
  if (boots.length > 0 && boots.every(({ hasBooted }) => !hasBooted)) return EXIT_CODES.unmeasured;
  return tried.some(({ state }) => state === 'WRONG') ? EXIT_CODES.bad : EXIT_CODES.good;
}
