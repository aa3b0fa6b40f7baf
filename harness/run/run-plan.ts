/**
 * Runs a plan: kernels are resolved as they are first needed, cells run side by side up to a limit,
 * every event goes to one sink. What the host could not provide ends as `miss`, never as an absence.
 */
import { mkdirSync } from 'node:fs';
import { join, matchesGlob, relative } from 'node:path';
import pLimit from 'p-limit';
import { InfraError } from '../errors.ts';
import { BOOTS, EVENTS_VERSION, type EventSink, type HostFacts } from '../events.ts';
import type { KernelContext } from '../kernels/kernel-context.ts';
import type { KernelImage } from '../kernels/kernel-image.ts';
import { resolveKernel } from '../kernels/resolve-kernel.ts';
import type { Machine } from '../machine/machine.ts';
import type { Cell } from '../matrix/cell.ts';
import type { Limits, Matrix, Plan } from '../matrix/matrix.ts';
import { type GuestBinaries, type PreparedCell, prepareCell } from '../prepare/prepare-cell.ts';
import { decideVerdict } from '../verdict/decide.ts';
import { runCell } from './cell-run.ts';
import { now } from './clock.ts';

export interface RunOrder {
  readonly run: string;
  /** The run's folder in the reports. */
  readonly folder: string;
  readonly matrix: Matrix;
  readonly plan: Plan;
  readonly scenarioRoot: string;
  /** Absolute paths of all spec files. */
  readonly scenarioFiles: readonly string[];
  readonly testFilter?: string;
  readonly machine: Machine;
  readonly kernels: KernelContext;
  readonly guestBinaries: GuestBinaries;
  readonly host: HostFacts;
  /** How many cells run at the same time. */
  readonly jobs: number;
  readonly limits: Limits;
  readonly emit: EventSink;
  readonly signal: AbortSignal;
}

export async function runPlan(order: RunOrder): Promise<void> {
  const { emit, plan, matrix } = order;
  emit({
    type: 'run-begin',
    version: EVENTS_VERSION,
    run: order.run,
    time: now(),
    profile: plan.profile,
    matrix: matrix.file,
    host: order.host,
    cells: plan.cells,
    ...(order.testFilter === undefined ? {} : { filter: order.testFilter }),
  });
  const kernelOf = resolveOnce(order);
  const limit = pLimit(order.jobs);
  await Promise.all(
    plan.cells.map((cell) =>
      limit(async () => {
        if (!order.signal.aborted) await runOneCell(order, cell, kernelOf);
      }),
    ),
  );
  emit({ type: 'run-end', time: now(), interrupted: order.signal.aborted });
}

type KernelOf = (name: string) => Promise<KernelImage>;

/** Each kernel is fetched once, when the first of its cells wants it. */
function resolveOnce({ matrix, kernels, emit }: RunOrder): KernelOf {
  const images = new Map<string, Promise<KernelImage>>();

  async function resolve(name: string): Promise<KernelImage> {
    const source = matrix.kernels.get(name);
    if (source === undefined) throw new Error(`Expected the matrix to have the kernel ${name}`);
    emit({ type: 'kernel-begin', time: now(), name });
    const { release, digest, origin, ...files } = await resolveKernel(name, source, kernels);
    emit({ type: 'kernel-end', time: now(), kernel: { name, release, digest, origin } });
    return { release, digest, origin, ...files };
  }

  return (name) => {
    const known = images.get(name);
    if (known !== undefined) return known;
    const image = resolve(name);
    images.set(name, image);
    return image;
  };
}

async function runOneCell(order: RunOrder, cell: Cell, kernelOf: KernelOf): Promise<void> {
  const prepared = await prepare(order, cell, kernelOf);
  if (prepared instanceof InfraError) return reportMiss(order, cell, prepared);
  const { machine, limits, emit, signal, scenarioRoot: root, testFilter } = order;
  await runCell({
    prepared,
    machine,
    limits,
    scenarios: {
      root,
      files: order.scenarioFiles.filter((file) => isInCell(cell, relative(root, file))),
      ...(testFilter === undefined ? {} : { testFilter }),
    },
    folder: join(order.folder, 'cells', cell.id),
    emit,
    signal,
  });
}

async function prepare(
  order: RunOrder,
  cell: Cell,
  kernelOf: KernelOf,
): Promise<PreparedCell | InfraError> {
  const agent = order.matrix.agents.get(cell.agent);
  const config = order.matrix.configs.get(cell.config);
  if (agent === undefined || config === undefined) {
    throw new Error(`Expected the matrix to have all names of the cell ${cell.id}`);
  }
  try {
    const kernel = await kernelOf(cell.kernel);
    const { cacheRoot } = order.kernels;
    return await prepareCell({
      cell,
      kernel,
      config,
      agent,
      binaries: order.guestBinaries,
      cacheRoot,
    });
  } catch (error) {
    if (error instanceof InfraError) return error;
    throw error;
  }
}

function reportMiss({ emit, folder }: RunOrder, { id: cell }: Cell, error: InfraError): void {
  mkdirSync(join(folder, 'cells', cell), { recursive: true });
  emit({ type: 'cell-begin', time: now(), cell });
  emit({ type: 'test-begin', time: now(), cell, test: BOOTS });
  const message = error.remedy === undefined ? error.message : `${error.message}; ${error.remedy}`;
  const decision = decideVerdict({ hostFault: message });
  emit({ type: 'test-end', time: now(), cell, test: BOOTS, durationMs: 0, ...decision });
  emit({ type: 'cell-end', time: now(), cell, durationMs: 0 });
}

/** Whether a cell runs a spec file, by its path below `scenarios/`. */
export function isInCell(cell: Cell, file: string): boolean {
  return cell.scenarios?.some((glob) => matchesGlob(file, glob)) ?? true;
}
