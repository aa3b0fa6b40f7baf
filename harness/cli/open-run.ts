/** What a run needs from this host, looked up before anything boots and any report is written. */
import { availableParallelism, cpus as processors } from 'node:os';
import { digestOf } from '../cache/digest.ts';
import { UsageError } from '../errors.ts';
import type { HostFacts } from '../events.ts';
import { createMachines } from '../machine/machines.ts';
import type { QemuHost } from '../machine/qemu/find-qemu.ts';
import { type RunLimits, scaleLimits } from '../matrix/scaled-limits.ts';
import type { Prediction } from '../needs/prediction.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { changedInputs, digestInputs } from '../prepare/input-digests.ts';
import { checkAgents, type ResolvedKernels, resolveKernels } from '../prepare/run-inputs.ts';
import { digestCode } from '../results/code-digest.ts';
import { openRunResults, type RunResults } from '../results/run-results.ts';
import { openFetchDisplay } from './fetch-display.ts';
import { predictCells } from './predict-cells.ts';
import { findScenarios, guestBinaries, scenarioRoot } from './project.ts';
import { chooseAccelerator, countJobs, hostFacts } from './run-host.ts';
import type { WantedRun } from './wanted-run.ts';

export interface HostOptions {
  readonly mirror?: string;
  readonly offline?: boolean;
}

export interface OpenedRun {
  readonly jobs: number;
  readonly scenarioFiles: readonly string[];
  readonly kernels: ResolvedKernels;
  readonly inputs: Readonly<Record<string, string>>;
  readonly host: HostFacts;
  readonly machines: Awaited<ReturnType<typeof createMachines>>;
  readonly limits: RunLimits;
  readonly results: RunResults;
  /** By cell id. */
  readonly predictions: ReadonlyMap<string, Prediction>;
}

/** Throws a UsageError for what the user got wrong, an InfraError for what the host lacks. */
export async function openRun(
  wanted: WantedRun,
  options: HostOptions,
  { root, qemu }: { readonly root: string; readonly qemu: QemuHost },
): Promise<OpenedRun> {
  const { matrix, plan } = wanted;
  const { mirror, offline } = options;
  const jobs = countJobs(wanted.jobs, matrix.limits);
  const scenarioFiles = findScenarios(plan.cells);
  const report = (line: string): void => void process.stderr.write(`${line}\n`);
  using fetches = await openFetchDisplay(process.stderr, process.env);
  // In parallel: most of this waits for programs and files.
  const [kernels] = await Promise.all([
    resolveKernels(matrix, plan, {
      cacheRoot: root,
      onProgress: fetches.onProgress,
      ...omitUndefined({ mirror, offline }),
    }),
    checkAgents(matrix, plan, guestBinaries.agent),
  ]);
  const [files, accelerator, predictions] = await Promise.all([
    digestInputs({ matrix, plan, kernels, binaries: guestBinaries, scenarioRoot }),
    chooseAccelerator(root, kernels, qemu),
    predictCells({ matrix, plan, kernels, cacheRoot: root, needs: wanted.needs }),
  ]);
  const limits = scaleLimits(matrix.limits, { accelerator, jobs, cpus: availableParallelism() });
  const results = await openRunResults({
    cacheRoot: root,
    scenarioRoot,
    isRead: wanted.isCacheRead,
    host: {
      accelerator,
      qemu: qemu.version,
      node: process.version,
      processor: processors()[0]?.model ?? '',
      isolation: wanted.isolation,
    },
    digestCode,
    report,
  });
  const inputs = {
    ...files,
    kmx: results.codeDigest,
    QEMU: digestOf(qemu.build),
    'Node.js': process.version,
    // Scaled by jobs, CPUs and accelerator.
    limits: digestOf(JSON.stringify(limits)),
  };
  checkUnchanged(wanted, inputs);
  return {
    jobs,
    scenarioFiles,
    kernels,
    inputs,
    host: hostFacts(qemu, accelerator),
    machines: await createMachines({
      qemu: { accelerator, host: qemu, startTimeoutMs: limits.machineStartTimeoutMs },
      hasTemplates: wanted.hasTemplates,
    }),
    limits,
    results,
    predictions,
  };
}

/** Results of different inputs must not be mixed in one report. */
function checkUnchanged(
  { id, pastInputs }: WantedRun,
  inputs: Readonly<Record<string, string>>,
): void {
  const changed = pastInputs === undefined ? [] : changedInputs(pastInputs, inputs);
  if (changed.length === 0) return;
  const what = changed.join(', ');
  throw new UsageError(`the run ${id} cannot be resumed: ${what} changed since it began`, {
    code: 'RESUME_CHANGED',
    remedy: 'restore what it began with, or start a new run',
  });
}
