/**
 * Runs a plan: cells in parallel up to a limit, with all events going to one sink. What the host
 * cannot provide is reported as a `miss`, and never missing from the report.
 */
import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import pLimit from 'p-limit';
import { InfraError } from '../errors.ts';
import {
  BOOTS,
  type Emit,
  EVENTS_VERSION,
  type EventSink,
  type FailOn,
  type HostFacts,
  now,
  stampCellEvents,
  stampEvents,
} from '../events.ts';
import type { Expectation } from '../expectations/expectation.ts';
import { judge } from '../expectations/judge.ts';
import type { KernelImage } from '../kernels/kernel-image.ts';
import type { Machines } from '../machine/machines.ts';
import type { Cell, MachineKind } from '../matrix/cell.ts';
import type { Isolation } from '../matrix/isolation.ts';
import { type Matrix, namedValue, type Plan } from '../matrix/matrix.ts';
import type { RunLimits } from '../matrix/scaled-limits.ts';
import { isInCell } from '../matrix/scenarios-of-cell.ts';
import type { Prediction } from '../needs/prediction.ts';
import { omitUndefined } from '../omit-undefined.ts';
import {
  createCellPreparer,
  type GuestBinaries,
  type PrepareCell,
  type PreparedCell,
} from '../prepare/prepare-cell.ts';
import { orInfraError, type ResolvedKernels } from '../prepare/run-inputs.ts';
import type { RunResults } from '../results/run-results.ts';
import { toLine } from '../text.ts';
import { decideVerdict } from '../verdict/decide.ts';
import { BaselineConfigs, type RunBaseline } from './baseline-configs.ts';
import type { RetryPolicy } from './cell/attempts.ts';
import type { CellHistory } from './cell/cell-history.ts';
import type { CellOptions } from './cell/cell-options.ts';
import { runCell } from './cell/cell-run.ts';
import { LogBudget } from './cell/log-budget.ts';
import { scheduleCells } from './cell-schedule.ts';
import { ConfigRecorder } from './config-recorder.ts';
import { dropRepeatedFacts } from './repeated-facts.ts';

const MESSAGE_LENGTH_MAX = 1000;

/** What is known to fail, and how much of that a run is judged by: see `run-begin`. */
export interface KnownFailures {
  readonly expectations: readonly Expectation[];
  readonly expectationsFile?: string;
  readonly isFiltered: boolean;
  readonly isWholeMatrix: boolean;
}

export interface RunPlanOptions {
  readonly run: string;
  /** Digests of the run's inputs, by name: see `run-begin`. */
  readonly inputs: Readonly<Record<string, string>>;
  /** The run's folder in the reports. */
  readonly folder: string;
  readonly matrix: Matrix;
  readonly plan: Plan;
  readonly scenarioRoot: string;
  /** Absolute paths of all spec files. */
  readonly scenarioFiles: readonly string[];
  readonly testFilter?: string;
  readonly machines: Machines<MachineKind>;
  readonly kernels: ResolvedKernels;
  readonly cacheRoot: string;
  readonly guestBinaries: GuestBinaries;
  readonly host: HostFacts;
  /** Which tests share a guest. */
  readonly isolation: Isolation;
  /** How long cells took when they last ran, milliseconds by cell id. */
  readonly cellDurations?: ReadonlyMap<string, number>;
  /** How many cells run in parallel. */
  readonly jobs: number;
  readonly limits: RunLimits;
  readonly retries: number;
  readonly missRetries: number;
  readonly known: KnownFailures;
  /** For a resumed run, too, whose events have it already. */
  readonly baseline?: RunBaseline;
  /** See `run-begin`. */
  readonly failOn?: FailOn;
  /** What is to be expected of cells, by cell id. */
  readonly predictions?: ReadonlyMap<string, Prediction>;
  /** For a resumed run: what its events say about each cell, by cell id. */
  readonly history?: ReadonlyMap<string, CellHistory>;
  /** Results of earlier runs; absent: every test runs, and nothing is kept. */
  readonly results?: RunResults;
  /** Default: a process for each cell's tests. */
  readonly spawnWorker?: CellOptions['spawnWorker'];
  readonly emit: EventSink;
  readonly signal: AbortSignal;
}

/**
 * Runs a plan from its beginning or, with a history, from where that ends. A cell that fails because
 * of the host or a bug ends there, and the others continue; rejects with the first bug in the end.
 */
export async function runPlan(options: RunPlanOptions): Promise<void> {
  const { plan, history, signal, baseline } = options;
  const emit = stampEvents((event) => {
    configs.hear(event);
    options.emit(event);
  });
  const configs = new BaselineConfigs(baseline, emit);
  const emitInCell = dropRepeatedFacts(options.emit);
  if (history === undefined) emitBegin(options, emit);
  else emit({ type: 'run-resumed' });
  const recorder = new ConfigRecorder(options.cacheRoot, options.folder, emit);
  await emitKernels(options, emit, recorder);
  await configs.tell();
  emitPredictions(options);
  const { cacheRoot, guestBinaries: binaries } = options;
  const prepareCell = createCellPreparer({ binaries, cacheRoot });
  const logBudget = new LogBudget(options.limits.runLogBytes);
  const limit = pLimit(options.jobs);
  const cells = scheduleCells(plan.cells, options.cellDurations ?? new Map());
  const isLeft = ({ id }: Cell): boolean => history?.get(id)?.isDone !== true;
  const bugs: unknown[] = [];
  await Promise.all(
    cells.filter(isLeft).map((cell) =>
      limit(async () => {
        if (signal.aborted) return;
        const onConfig = (packed: Buffer): void => recorder.hear(cell.kernel, packed);
        const ownOptions = { ...options, emit: emitInCell, logBudget, onConfig };
        await prepareAndRun(ownOptions, cell, prepareCell).catch((error: unknown) => {
          if (!(error instanceof InfraError)) bugs.push(error);
          reportFailure(options, cell, error);
        });
      }),
    ),
  );
  await recorder.settle();
  await configs.tell();
  emit({ type: 'run-end', interrupted: signal.aborted });
  await options.results?.close();
  if (bugs.length > 0) throw bugs[0];
}

function emitBegin(options: RunPlanOptions, emit: Emit): void {
  const { plan, matrix, machines, known } = options;
  emit({
    type: 'run-begin',
    version: EVENTS_VERSION,
    run: options.run,
    profile: plan.profile,
    matrix: matrix.file,
    inputs: options.inputs,
    ...known,
    retries: options.retries,
    missRetries: options.missRetries,
    isolation: options.isolation,
    hasTemplates: plan.cells.some(({ machine }) => machines[machine].templates !== undefined),
    isCacheRead: options.results?.isRead ?? false,
    jobs: options.jobs,
    host: options.host,
    cells: plan.cells,
    ...omitUndefined({ filter: options.testFilter, failOn: options.failOn }),
  });
  if (options.baseline !== undefined) emit({ type: 'baseline', baseline: options.baseline.facts });
}

/** Kernels are resolved before the run begins; its events still record which they were. */
async function emitKernels(
  { kernels }: RunPlanOptions,
  emit: Emit,
  recorder: ConfigRecorder,
): Promise<void> {
  for (const [name, image] of kernels) {
    if (image instanceof InfraError) {
      emit({ type: 'kernel-failed', name, message: image.message });
    } else {
      const { release, digest, origin, unlisted } = image;
      const config = await recorder.record(name, image);
      const kernel = { name, release, digest, origin, ...config, ...omitUndefined({ unlisted }) };
      emit({ type: 'kernel-end', kernel });
    }
  }
}

function emitPredictions({ plan, predictions, history, emit }: RunPlanOptions): void {
  for (const { id } of plan.cells) {
    const prediction = predictions?.get(id);
    if (prediction === undefined || history?.get(id)?.isDone === true) continue;
    stampCellEvents(id, emit)({ type: 'prediction', prediction });
  }
}

async function prepareAndRun(
  options: RunPlanOptions & Required<Pick<CellOptions, 'logBudget' | 'onConfig'>>,
  cell: Cell,
  prepareCell: PrepareCell,
): Promise<void> {
  const prepared = await prepare(options, cell, prepareCell);
  if (prepared instanceof InfraError) return reportMiss(options, cell, prepared);
  const { scenarioRoot: root, testFilter, history, results } = options;
  const files = options.scenarioFiles.filter((file) => isInCell(cell, relative(root, file)));
  await runCell({
    run: options.run,
    prepared,
    machine: options.machines[cell.machine],
    limits: options.limits,
    isolation: options.isolation,
    cacheRoot: options.cacheRoot,
    scenarios: { root, files, ...omitUndefined({ testFilter }) },
    folder: folderOf(options, cell),
    retryPolicy: retryPolicyOf(options, cell, prepared.kernel),
    ...omitUndefined({ history: history?.get(cell.id), results, spawnWorker: options.spawnWorker }),
    logBudget: options.logBudget,
    onConfig: options.onConfig,
    emit: options.emit,
    signal: options.signal,
  });
}

function folderOf({ folder }: RunPlanOptions, { id }: Cell): string {
  return join(folder, 'cells', id);
}

function retryPolicyOf(
  { retries, missRetries, known: { expectations } }: RunPlanOptions,
  cell: Cell,
  { release }: KernelImage,
): RetryPolicy {
  const today = now();
  return {
    retries,
    missRetries,
    isAsExpected: (test, attempted) =>
      judge({ cell, release, test, ...attempted }, { expectations, today }).status ===
      'as-expected',
  };
}

async function prepare(
  { matrix, kernels }: RunPlanOptions,
  cell: Cell,
  prepareCell: PrepareCell,
): Promise<PreparedCell | InfraError> {
  const kernel = namedValue(kernels, cell.kernel);
  if (kernel instanceof InfraError) return kernel;
  const config = namedValue(matrix.configs, cell.config);
  const agent = namedValue(matrix.agents, cell.agent);
  return await orInfraError(prepareCell({ cell, kernel, config, agent }));
}

function reportFailure({ emit, signal }: RunPlanOptions, { id }: Cell, error: unknown): void {
  if (signal.aborted) return;
  const message = error instanceof Error ? error.message : String(error);
  const what = error instanceof InfraError ? message : `a bug in kmx: ${message}`;
  stampCellEvents(id, emit)({ type: 'cell-failed', message: toLine(what, MESSAGE_LENGTH_MAX) });
}

function reportMiss(options: RunPlanOptions, cell: Cell, error: InfraError): void {
  mkdirSync(folderOf(options, cell), { recursive: true });
  const emit = stampCellEvents(cell.id, options.emit);
  emit({ type: 'cell-begin' });
  emit({ type: 'test-begin', test: BOOTS });
  const message = error.remedy === undefined ? error.message : `${error.message}: ${error.remedy}`;
  const decision = decideVerdict({ kind: 'host-fault', message });
  emit({ type: 'test-end', test: BOOTS, durationMs: 0, ...decision });
  emit({ type: 'cell-end', durationMs: 0 });
}
