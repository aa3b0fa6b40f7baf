import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { availableParallelism, freemem, release, totalmem } from 'node:os';
import { relative, resolve } from 'node:path';
import { cacheRoot } from '../cache/cache-root.ts';
import { InfraError, UsageError } from '../errors.ts';
import type { HostFacts } from '../events.ts';
import type { KernelImage } from '../kernels/kernel-image.ts';
import { findQemu } from '../machine/qemu/find-qemu.ts';
import { probeKvm } from '../machine/qemu/probe-kvm.ts';
import { createQemuMachine } from '../machine/qemu/qemu-machine.ts';
import type { Limits } from '../matrix/matrix.ts';
import { createReportFold } from '../report/fold-report.ts';
import { outcomeOf } from '../report/outcome.ts';
import { linkLatest } from '../reporters/latest-link.ts';
import { groupReporters } from '../reporters/reporter.ts';
import { checkAgents, type ResolvedKernels, resolveKernels } from '../run/run-inputs.ts';
import { runPlan } from '../run/run-plan.ts';
import { scaleLimits } from '../run/scaled-limits.ts';
import { createReporters } from './create-reporters.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { listenForInterrupts } from './interrupts.ts';
import { loadMatrix } from './load-matrix.ts';
import { findScenarios, guestBinaries, scenarioRoot } from './project.ts';
import { type SelectionOptions, select } from './selection.ts';
import { readVersion } from './version.ts';

export interface RunOptions extends SelectionOptions {
  readonly matrix: string;
  readonly jobs?: string;
  readonly out: string;
  readonly mirror?: string;
  readonly offline?: boolean;
}

const MIB = 1024 * 1024;
/** What QEMU itself takes beside a guest's memory. */
const MACHINE_MIB = 120;

export async function run(options: RunOptions): Promise<number> {
  const matrix = loadMatrix(options.matrix);
  const { plan, testFilter } = select(matrix, options);
  const jobs = countJobs(options.jobs, matrix.limits);
  const scenarioFiles = await findScenarios(plan.cells);
  const qemu = await findQemu();
  const root = cacheRoot(process.env);
  const kernels = await resolveKernels(matrix, plan, {
    cacheRoot: root,
    ...(options.mirror === undefined ? {} : { mirror: options.mirror }),
    ...(options.offline === undefined ? {} : { offline: options.offline }),
    report: (line) => process.stderr.write(`${line}\n`),
  });
  await checkAgents(matrix, plan, guestBinaries.agent);
  const accelerator = await chooseAccelerator(root, kernels);
  const machine = await createQemuMachine({ accelerator });
  const cpus = availableParallelism();
  const id = createRunId();
  const folder = resolve(options.out, id);
  mkdirSync(folder, { recursive: true });
  linkLatest(folder);
  const fold = createReportFold();
  const fromHere = relative(process.cwd(), folder);
  const shownFolder = fromHere.startsWith('..') ? folder : fromHere;
  const reporters = groupReporters([
    { onEvent: fold.push },
    ...createReporters(folder, shownFolder, process.stdout, process.env),
  ]);
  using interrupts = listenForInterrupts();
  await runPlan({
    run: id,
    folder,
    matrix,
    plan,
    scenarioRoot,
    scenarioFiles,
    ...(testFilter === undefined ? {} : { testFilter }),
    machine,
    kernels,
    cacheRoot: root,
    guestBinaries,
    host: hostFacts(qemu.version, accelerator),
    jobs,
    limits: scaleLimits(matrix.limits, { accelerator, jobs, cpus }),
    emit: reporters.onEvent,
    signal: interrupts.signal,
  });
  const report = fold.report();
  reporters.onEnd(report);
  for (const { message } of reporters.failures) {
    process.stderr.write(`kmx: a reporter failed, its report is not whole: ${message}\n`);
  }
  if (reporters.failures.length > 0) return EXIT_CODES.bad;
  return EXIT_CODES[outcomeOf(report)];
}

/** Hardware virtualisation only where a guest with one of these kernels was seen to come up on it. */
export async function chooseAccelerator(
  root: string,
  kernels: ResolvedKernels,
): Promise<'kvm' | 'tcg'> {
  const kernel = [...kernels.values()].find(isKernelImage);
  if (kernel === undefined) return 'tcg';
  const { outcome } = await probeKvm({ cacheRoot: root, kernel: kernel.image });
  return outcome === 'works' ? 'kvm' : 'tcg';
}

function isKernelImage(resolved: KernelImage | InfraError): resolved is KernelImage {
  return !(resolved instanceof InfraError);
}

export function countJobs(asked: string | undefined, { memoryMib }: Limits): number {
  if (asked !== undefined) {
    const jobs = Number(asked);
    if (Number.isInteger(jobs) && jobs > 0) return jobs;
    throw new UsageError(
      `--jobs: expected a whole number above 0, found ${JSON.stringify(asked)}`,
      {
        code: 'BAD_JOBS',
        remedy: 'leave it out to have as many guests at a time as CPUs and memory allow',
      },
    );
  }
  const fitting = Math.floor(freemem() / MIB / (memoryMib + MACHINE_MIB));
  return Math.max(1, Math.min(availableParallelism(), fitting));
}

/** Sorts by time, and two runs of one second differ. */
export function createRunId(): string {
  const time = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return `${time}-${randomBytes(2).toString('hex')}`;
}

export function hostFacts(qemu: string, accelerator: string): HostFacts {
  return {
    kmx: readVersion(),
    node: process.version,
    kernel: release(),
    cpus: availableParallelism(),
    memoryMib: Math.round(totalmem() / MIB),
    qemu,
    accelerator,
  };
}
