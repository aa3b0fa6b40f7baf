/**
 * Runs a plan: cells side by side up to a limit, every event to one sink.
 * What the host could not provide ends as `miss`, never as an absence.
 */
import { mkdirSync } from 'node:fs';
import { join, matchesGlob, relative } from 'node:path';
import pLimit from 'p-limit';
import { now } from '../clock.ts';
import { InfraError } from '../errors.ts';
import { BOOTS, EVENTS_VERSION, type EventSink, type HostFacts, type RunEvent } from '../events.ts';
import type { Expectation } from '../expectations/expectation.ts';
import { judge } from '../expectations/judge.ts';
import type { KernelImage } from '../kernels/kernel-image.ts';
import type { Machine } from '../machine/machine.ts';
import type { Cell } from '../matrix/cell.ts';
import type { Isolation } from '../matrix/isolation.ts';
import type { Matrix, Plan } from '../matrix/matrix.ts';
import type { RunLimits } from '../matrix/scaled-limits.ts';
import {
  createCellPreparer,
  type GuestBinaries,
  type PrepareCell,
  type PreparedCell,
} from '../prepare/prepare-cell.ts';
import { named, orInfraError, type ResolvedKernels } from '../prepare/run-inputs.ts';
import type { RunResults } from '../results/run-results.ts';
import { decideVerdict } from '../verdict/decide.ts';
import type { AttemptPolicy } from './cell/attempts.ts';
import type { CellHistory } from './cell/cell-history.ts';
import { runCell } from './cell/cell-run.ts';
import { scheduleCells } from './cell-schedule.ts';

/** What is known to fail, and how much of it a run may be measured by: see `run-begin`. */
export interface KnownFailures {
  readonly expectations: readonly Expectation[];
  readonly expectationsFile?: string;
  readonly isFiltered: boolean;
  readonly isWholeMatrix: boolean;
}

export interface RunOrder {
  readonly run: string;
  /** Digests of what the run depends on, by name: see `run-begin`. */
  readonly inputs: Readonly<Record<string, string>>;
  /** The run's folder in the reports. */
  readonly folder: string;
  readonly matrix: Matrix;
  readonly plan: Plan;
  readonly scenarioRoot: string;
  /** Absolute paths of all spec files. */
  readonly scenarioFiles: readonly string[];
  readonly testFilter?: string;
  readonly machine: Machine;
  readonly kernels: ResolvedKernels;
  readonly cacheRoot: string;
  readonly guestBinaries: GuestBinaries;
  readonly host: HostFacts;
  /** What shares a guest. */
  readonly isolation: Isolation;
  /** How long cells took when they last ran, milliseconds by cell id. */
  readonly cellDurations?: ReadonlyMap<string, number>;
  /** How many cells run at the same time. */
  readonly jobs: number;
  readonly limits: RunLimits;
  readonly retries: number;
  readonly missRetries: number;
  readonly known: KnownFailures;
  /** Of a run that was cut off and goes on: what its events tell of each cell, by cell id. */
  readonly history?: ReadonlyMap<string, CellHistory>;
  /** Results of earlier runs; absent: all is run, and nothing kept. */
  readonly results?: RunResults;
  readonly emit: EventSink;
  readonly signal: AbortSignal;
}

/** A plan from its beginning, or with a history from where that ends. */
export async function runPlan(order: RunOrder): Promise<void> {
  const { emit, plan, history } = order;
  emit(history === undefined ? beginOf(order) : { type: 'run-resumed', time: now() });
  reportKernels(order);
  const { cacheRoot, guestBinaries: binaries } = order;
  const prepareCell = createCellPreparer({ binaries, cacheRoot });
  const limit = pLimit(order.jobs);
  await Promise.all(
    scheduleCells(plan.cells, order.cellDurations ?? new Map()).map((cell) =>
      limit(async () => {
        if (!order.signal.aborted && history?.get(cell.id)?.isDone !== true) {
          await runOneCell(order, cell, prepareCell);
        }
      }),
    ),
  );
  emit({ type: 'run-end', time: now(), interrupted: order.signal.aborted });
  await order.results?.close();
}

function beginOf(order: RunOrder): RunEvent {
  const { plan, matrix, testFilter } = order;
  return {
    type: 'run-begin',
    version: EVENTS_VERSION,
    run: order.run,
    time: now(),
    profile: plan.profile,
    matrix: matrix.file,
    inputs: order.inputs,
    ...order.known,
    retries: order.retries,
    missRetries: order.missRetries,
    isolation: order.isolation,
    hasTemplates: order.machine.templates !== undefined,
    host: order.host,
    cells: plan.cells,
    ...(testFilter === undefined ? {} : { filter: testFilter }),
  };
}

/** Kernels are there before a run begins; its events still tell which they were. */
function reportKernels({ kernels, emit }: RunOrder): void {
  for (const [name, image] of kernels) {
    emit({ type: 'kernel-begin', time: now(), name });
    if (image instanceof InfraError) {
      emit({ type: 'kernel-failed', time: now(), name, message: image.message });
    } else {
      const { release, digest, origin } = image;
      emit({ type: 'kernel-end', time: now(), kernel: { name, release, digest, origin } });
    }
  }
}

async function runOneCell(order: RunOrder, cell: Cell, prepareCell: PrepareCell): Promise<void> {
  const kernel = named(order.kernels, cell.kernel);
  const prepared =
    kernel instanceof InfraError ? kernel : await prepare(order, cell, kernel, prepareCell);
  if (prepared instanceof InfraError) return reportMiss(order, cell, prepared);
  const { run, machine, limits, results, emit, signal, scenarioRoot: root, testFilter } = order;
  const history = order.history?.get(cell.id);
  await runCell({
    run,
    prepared,
    machine,
    limits,
    isolation: order.isolation,
    cacheRoot: order.cacheRoot,
    scenarios: {
      root,
      files: order.scenarioFiles.filter((file) => isInCell(cell, relative(root, file))),
      ...(testFilter === undefined ? {} : { testFilter }),
    },
    folder: join(order.folder, 'cells', cell.id),
    attempts: policyOf(order, cell, prepared.kernel),
    ...(history === undefined ? {} : { history }),
    ...(results === undefined ? {} : { results }),
    emit,
    signal,
  });
}

function policyOf(
  { retries, missRetries, known: { expectations } }: RunOrder,
  cell: Cell,
  { release }: KernelImage,
): AttemptPolicy {
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
  { matrix }: RunOrder,
  cell: Cell,
  kernel: KernelImage,
  prepareCell: PrepareCell,
): Promise<PreparedCell | InfraError> {
  const config = named(matrix.configs, cell.config);
  const agent = named(matrix.agents, cell.agent);
  return await orInfraError(prepareCell({ cell, kernel, config, agent }));
}

function reportMiss({ emit, folder }: RunOrder, { id: cell }: Cell, error: InfraError): void {
  mkdirSync(join(folder, 'cells', cell), { recursive: true });
  emit({ type: 'cell-begin', time: now(), cell });
  emit({ type: 'test-begin', time: now(), cell, test: BOOTS });
  const message = error.remedy === undefined ? error.message : `${error.message}: ${error.remedy}`;
  const decision = decideVerdict({ kind: 'host-fault', message });
  emit({ type: 'test-end', time: now(), cell, test: BOOTS, durationMs: 0, ...decision });
  emit({ type: 'cell-end', time: now(), cell, durationMs: 0 });
}

/** Whether a cell runs a spec file, by its path below `scenarios/`. */
export function isInCell(cell: Cell, file: string): boolean {
  return cell.scenarios?.some((glob) => matchesGlob(file, glob)) ?? true;
}
