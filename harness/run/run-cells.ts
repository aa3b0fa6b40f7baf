/**
 * Runs the cells of a plan side by side. What the host cannot provide is reported as a `miss`, and
 * never missing from the report.
 */
import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { InfraError, UsageError } from '../errors.ts';
import { BOOTS, now, stampCellEvents, stampEvents } from '../events.ts';
import { judge } from '../expectations/judge.ts';
import type { KernelImage } from '../kernels/kernel-image.ts';
import { buildOf, type Cell } from '../matrix/cell.ts';
import { namedValue } from '../matrix/matrix.ts';
import { isInCell } from '../matrix/scenarios-of-cell.ts';
import { omitUndefined } from '../omit-undefined.ts';
import {
  createCellPreparer,
  type PrepareCell,
  type PreparedCell,
} from '../prepare/prepare-cell.ts';
import { orInfraError } from '../prepare/run-inputs.ts';
import type { RunResults } from '../results/run-results.ts';
import { toLine } from '../text.ts';
import { type Decision, decideVerdict } from '../verdict/decide.ts';
import type { RetryPolicy } from './cell/attempts.ts';
import type { CellOptions, ScenarioSet } from './cell/cell-options.ts';
import { recallStored, type StoredCell } from './cell/cell-results.ts';
import { runCell } from './cell/cell-run.ts';
import { LogBudget } from './cell/log-budget.ts';
import { readOutlooks } from './cell-outlooks.ts';
import { type CellOutlook, scheduleCells } from './cell-schedule.ts';
import type { ConfigRecorder } from './config-recorder.ts';
import { leaveOutLateTests } from './late-tests.ts';
import type { RunMachine, RunPlanOptions } from './plan-options.ts';
import { dropRepeatedFacts } from './repeated-facts.ts';
import type { RunStops } from './run-stops.ts';

const MESSAGE_LENGTH_MAX = 1000;
interface RunParts {
  readonly stops: RunStops;
  readonly recorder: ConfigRecorder;
}

/** Runs what is left, as many cells at a time as there are jobs. Returns the bugs that it met. */
export async function runCells(
  options: RunPlanOptions,
  { stops, recorder }: RunParts,
): Promise<readonly unknown[]> {
  const { cacheRoot, guestBinaries: binaries } = options;
  const { prepareCell = createCellPreparer({ binaries, cacheRoot }) } = options;
  const logBudget = new LogBudget(options.matrix.limits.runLogBytes);
  const emit = dropRepeatedFacts(options.emit);
  const signal = AbortSignal.any([options.signal, stops.signal]);
  const bugs: unknown[] = [];
  const queue = (await scheduleRest(options, prepareCell)).values();

  async function runOne(cell: Cell): Promise<void> {
    const late = new AbortController();
    const ownOptions = {
      ...options,
      logBudget,
      onConfig: (packed: Buffer): void => recorder.hear(buildOf(cell), packed),
      signal: AbortSignal.any([signal, late.signal]),
      emit: leaveOutLateTests({
        hasTimeForTest: () => stops.hasTimeForTest(cell.id),
        emit,
        endCell: () => late.abort(),
      }),
    };
    await prepareAndRun(ownOptions, cell, prepareCell).catch((error: unknown) => {
      if (!(error instanceof InfraError)) bugs.push(error);
      reportFailure(ownOptions, cell, error);
    });
  }

  async function work(): Promise<void> {
    // All jobs take from one queue. What has no time left now will not have it later.
    for (const cell of queue) {
      if (signal.aborted) return;
      if (stops.hasTimeForCell(cell.id)) await runOne(cell);
    }
  }

  await Promise.all(Array.from({ length: options.jobs }, work));
  return bugs;
}

/** The cells that are left, in the order in which they begin. */
async function scheduleRest(
  options: RunPlanOptions,
  prepareCell: PrepareCell,
): Promise<readonly Cell[]> {
  const { plan, history, results, bounds, lastRuns = new Map(), signal } = options;
  const left = plan.cells.filter(({ id }) => history?.get(id)?.isDone !== true);
  if (signal.aborted) return left;
  const outlooks =
    results === undefined
      ? new Map<string, CellOutlook>()
      : await readOutlooks(left, {
          lastRuns,
          recall: (cell) => recall({ ...options, results }, cell, prepareCell),
        });
  const isBudgeted = bounds?.timeBudgetMs !== undefined;
  const cells = scheduleCells(left, outlooks, { isBudgeted });
  const forecasts = cells.map(({ id }) => ({
    cell: id,
    ...omitUndefined({ expectedMs: outlooks.get(id)?.expectedMs }),
  }));
  stampEvents(options.emit)({ type: 'schedule', cells: forecasts });
  return cells;
}

async function recall(
  options: RunPlanOptions & { readonly results: RunResults },
  cell: Cell,
  prepareCell: PrepareCell,
): Promise<StoredCell | undefined> {
  const { history } = options;
  const { limits, inputs } = namedValue(options.machines, cell.machine);
  const results = dependingOn(options.results, inputs);
  if (results === undefined) return undefined;
  const prepared = await prepare(options, cell, prepareCell);
  if (prepared instanceof InfraError) throw prepared;
  return await recallStored({
    prepared,
    limits,
    results,
    scenarios: scenariosOf(options, cell),
    retryPolicy: retryPolicyOf(options, cell, prepared.kernel),
    ...omitUndefined({ history: history?.get(cell.id) }),
  });
}

async function prepareAndRun(
  options: RunPlanOptions & Required<Pick<CellOptions, 'logBudget' | 'onConfig'>>,
  cell: Cell,
  prepareCell: PrepareCell,
): Promise<void> {
  const reason = options.skipped?.get(cell.id);
  if (reason !== undefined) return reportSkip(options, cell, reason);
  const prepared = await prepare(options, cell, prepareCell);
  if (prepared instanceof InfraError) return reportMiss(options, cell, prepared);
  const { machine, limits, inputs } = namedValue(options.machines, cell.machine);
  if (machine instanceof InfraError) return reportMiss(options, cell, machine);
  const { history } = options;
  // Whoever attends a test may have changed what came of it.
  const isKept = options.attendant === undefined;
  const results = isKept ? options.results && dependingOn(options.results, inputs) : undefined;
  await runCell({
    run: options.run,
    prepared,
    machine,
    limits,
    isolation: options.isolation,
    cacheRoot: options.cacheRoot,
    scenarios: scenariosOf(options, cell),
    folder: folderOf(options, cell),
    retryPolicy: retryPolicyOf(options, cell, prepared.kernel),
    ...omitUndefined({ history: history?.get(cell.id), results }),
    ...omitUndefined({ spawnWorker: options.spawnWorker, attendant: options.attendant }),
    logBudget: options.logBudget,
    onConfig: options.onConfig,
    emit: options.emit,
    signal: options.signal,
  });
}

/** Nothing is kept for a machine that results cannot be told to depend on. */
function dependingOn(results: RunResults, inputs: RunMachine['inputs']): RunResults | undefined {
  return inputs === undefined ? undefined : { ...results, host: { ...results.host, ...inputs } };
}

function scenariosOf(
  { scenarioRoot: root, scenarioFiles, testFilter, tests }: RunPlanOptions,
  cell: Cell,
): ScenarioSet {
  const isWanted = (file: string): boolean => tests?.some((test) => test.file === file) ?? true;
  const files = scenarioFiles.filter((path) => {
    const file = relative(root, path);
    return isInCell(cell, file) && isWanted(file);
  });
  return { root, files, ...omitUndefined({ testFilter, tests }) };
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
  const kernel = namedValue(kernels, buildOf(cell));
  if (kernel instanceof InfraError) return kernel;
  const config = namedValue(matrix.configs, cell.config);
  const agent = namedValue(matrix.agents, cell.agent);
  return await orInfraError(prepareCell({ cell, kernel, config, agent }));
}

function reportFailure({ emit, signal }: RunPlanOptions, { id }: Cell, error: unknown): void {
  if (signal.aborted) return;
  const message = error instanceof Error ? error.message : String(error);
  const isFault = error instanceof InfraError || error instanceof UsageError;
  const what = isFault ? message : `a bug in kmx: ${message}`;
  stampCellEvents(id, emit)({ type: 'cell-failed', message: toLine(what, MESSAGE_LENGTH_MAX) });
}

function reportMiss(options: RunPlanOptions, cell: Cell, error: InfraError): void {
  const message = error.remedy === undefined ? error.message : `${error.message}: ${error.remedy}`;
  reportWithoutGuest(options, cell, decideVerdict({ kind: 'host-fault', message }));
}

function reportSkip(options: RunPlanOptions, cell: Cell, reason: string): void {
  reportWithoutGuest(options, cell, { verdict: 'skip', detail: { message: reason }, findings: [] });
}

/** The whole of a cell that no guest is started for. */
function reportWithoutGuest(options: RunPlanOptions, cell: Cell, decision: Decision): void {
  mkdirSync(folderOf(options, cell), { recursive: true });
  const emit = stampCellEvents(cell.id, options.emit);
  emit({ type: 'cell-begin' });
  emit({ type: 'test-begin', test: BOOTS });
  emit({ type: 'test-end', test: BOOTS, durationMs: 0, ...decision });
  emit({ type: 'cell-end', durationMs: 0 });
}
