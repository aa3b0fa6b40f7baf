/** What a run needs from this host, looked up before anything boots and any report is written. */
import { digestOf } from '../cache/digest.ts';
import type { FetchProgress } from '../debian/fetch-progress.ts';
import { UsageError } from '../errors.ts';
import type { HostFacts, LockFacts } from '../events.ts';
import { OtherBuild } from '../kernels/source/pin-build.ts';
import { readHostCgroupMode } from '../machine/container/host-cgroups.ts';
import { skipReasons } from '../matrix/skip-reason.ts';
import type { Prediction } from '../needs/prediction.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { changedInputs, digestInputs } from '../prepare/input-digests.ts';
import { checkAgents, type ResolvedKernels, resolveKernels } from '../prepare/run-inputs.ts';
import { digestCode } from '../results/code-digest.ts';
import { openRunResults, type RunResults } from '../results/run-results.ts';
import { checkAsked, checkLocked, checkNamed, pointAtBuild } from './check-locked.ts';
import { openFetchDisplay } from './fetch-display.ts';
import { loadLock, loadLockIfThere } from './load-lock.ts';
import { readLockFacts } from './lock-facts.ts';
import { openMachines } from './open-machines.ts';
import type { OpenedMachine, OpenMachinesOptions } from './opened-machine.ts';
import { predictCells } from './predict-cells.ts';
import { findScenarios, guestBinaries, scenarioRoot } from './project.ts';
import { countJobs, hostFacts } from './run-host.ts';
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
  readonly machines: ReadonlyMap<string, OpenedMachine>;
  readonly results: RunResults;
  /** Why this host cannot run some cells as they are meant, by cell id. */
  readonly skipped: ReadonlyMap<string, string>;
  /** By cell id. */
  readonly predictions: ReadonlyMap<string, Prediction>;
  /** What has changed since the matrix was locked; absent: it is not. */
  readonly lock?: LockFacts;
}

export interface RunHost extends Pick<OpenMachinesOptions, 'findQemu' | 'resources'> {
  /** Of the cache. */
  readonly root: string;
  /** Ends builds of kernels. */
  readonly signal?: AbortSignal;
  /** In the place of what the matrix names: nothing is fetched or built. */
  readonly given?: GivenInputs;
}

/** What a run is made from, where that is there already. */
export interface GivenInputs {
  readonly kernels: ResolvedKernels;
  /** Digests by name, as in `run-begin`. */
  readonly inputs: Readonly<Record<string, string>>;
}

/**
 * Throws a UsageError for what the user got wrong, an InfraError for what the host lacks, the reason of the
 * signal if it is aborted.
 */
export async function openRun(
  wanted: WantedRun,
  options: HostOptions,
  host: RunHost,
): Promise<OpenedRun> {
  const failed = new AbortController();
  const signals = [failed.signal, ...(host.signal === undefined ? [] : [host.signal])];
  try {
    return await open(wanted, options, { ...host, signal: AbortSignal.any(signals) });
  } catch (error) {
    // Nobody waits for kernels that are still being built.
    failed.abort(error);
    throw error;
  }
}

async function open(
  wanted: WantedRun,
  options: HostOptions,
  { root, signal, given, ...others }: RunHost,
): Promise<OpenedRun> {
  const { matrix, plan } = wanted;
  const { mirror, offline } = options;
  const lock = wanted.isLocked ? loadLock(matrix.file) : loadLockIfThere(matrix.file);
  const enforced = wanted.isLocked ? lock : undefined;
  if (enforced !== undefined) {
    checkNamed(enforced, plan);
    checkAsked(enforced, matrix, plan);
  }
  const jobs = countJobs(wanted.jobs, matrix.limits);
  const scenarioFiles = findScenarios(plan.cells);
  const report = (line: string): void => void process.stderr.write(`${line}\n`);
  using fetches = await openFetchDisplay(process.stderr, process.env);
  // In parallel: most of this waits for programs, files and engines.
  const archive = {
    cacheRoot: root,
    onProgress: (progress: FetchProgress) => fetches.onProgress({ ...progress, kernel: 'lists' }),
    ...omitUndefined({ mirror, offline, signal }),
  };
  const resolve = async (): Promise<ResolvedKernels> =>
    given?.kernels ??
    (await resolveKernels(matrix, plan, {
      ...archive,
      onProgress: fetches.onProgress,
      ...(enforced !== undefined && { pinOf: (name) => enforced.lock.kernels.get(name) }),
    }));
  const resolving = resolve().catch((error: unknown) => {
    if (enforced === undefined || !(error instanceof OtherBuild)) throw error;
    throw pointAtBuild(enforced, error);
  });
  const opening = openMachines({
    matrix,
    plan,
    kernels: resolving,
    jobs,
    cacheRoot: root,
    hasTemplates: wanted.hasTemplates,
    onProgress: fetches.onProgress,
    ...omitUndefined({ mirror, offline }),
    ...others,
  });
  // The user's mistakes are reported first.
  opening.catch(() => {});
  const [kernels] = await Promise.all([
    resolving,
    given === undefined && checkAgents(matrix, plan, guestBinaries.agent, root),
  ]);
  if (enforced !== undefined) {
    await checkLocked(enforced, { matrix, plan, kernels, cacheRoot: root });
  }
  const [files, machines, locked] = await Promise.all([
    given?.inputs ??
      digestInputs({
        ...{ matrix, plan, kernels, binaries: guestBinaries, scenarioRoot, cacheRoot: root },
      }),
    opening,
    lock && readLockFacts(lock, { matrix, kernels, isEnforced: wanted.isLocked }, archive),
  ]);
  const { needs } = wanted;
  const predictions = await predictCells({
    ...{ matrix, plan, kernels, cacheRoot: root, needs, machines },
  });
  const results = await openRunResults({
    cacheRoot: root,
    scenarioRoot,
    isRead: wanted.isCacheRead,
    host: { node: process.version, isolation: wanted.isolation },
    digestCode,
    report,
  });
  const inputs = {
    ...files,
    kmx: results.codeDigest,
    ...digestsOf(machines),
    'Node.js': process.version,
  };
  checkUnchanged(wanted, inputs);
  return {
    jobs,
    scenarioFiles,
    kernels,
    inputs,
    host: hostFacts([...machines.values()].flatMap(({ facts }) => facts ?? [])),
    machines,
    skipped: await skipReasons(matrix, plan.cells, readHostCgroupMode),
    results,
    predictions,
    ...omitUndefined({ lock: locked }),
  };
}

/** Limits are scaled by jobs, CPUs and accelerator. */
function digestsOf(machines: ReadonlyMap<string, OpenedMachine>): Readonly<Record<string, string>> {
  const limits = [...machines].map(([name, machine]) => [name, machine.limits]);
  const digests = [...machines.values()].map((machine) => machine.digests);
  return { ...Object.assign({}, ...digests), limits: digestOf(JSON.stringify(limits)) };
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
