/** Runs one test for a bundle, in a guest that boots for it, and keeps everything that it shows. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InfraError, UsageError } from '../../errors.ts';
import { BOOTS, isSameTest, type TestId } from '../../events.ts';
import { nameTest } from '../../expectations/test-pattern.ts';
import type { QemuHost } from '../../machine/qemu/find-qemu.ts';
import { buildOf, type Cell } from '../../matrix/cell.ts';
import { type Matrix, namedValue } from '../../matrix/matrix.ts';
import { type PreparedCell, type PreparedVm, prepareCell } from '../../prepare/prepare-cell.ts';
import { createReportFold } from '../../report/fold-report.ts';
import type { CellReport, TestReport } from '../../report/schema.ts';
import { runPlan } from '../../run/run-plan.ts';
import type { TracedCall } from '../../trace/traced-call.ts';
import { type HostOptions, type OpenedRun, openRun } from '../open-run.ts';
import { planOptions } from '../plan-options.ts';
import { guestBinaries } from '../project.ts';
import { wantedRun } from '../run-quietly.ts';

export interface RecordHost extends HostOptions {
  readonly cacheRoot: string;
  readonly findQemu: () => Promise<QemuHost>;
  readonly signal: AbortSignal;
  /** Nothing but what the lock beside the matrix names is used. */
  readonly isLocked?: boolean;
}

export interface WantedRecord {
  readonly matrix: Matrix;
  readonly cell: Cell;
  readonly test: TestId;
  /** For what is recorded: it is there, and ours. */
  readonly folder: string;
}

export interface RecordedTest {
  readonly prepared: PreparedCell & { readonly boot: PreparedVm };
  readonly result: TestReport;
  readonly calls: readonly TracedCall[];
  /** How its guest was started. */
  readonly command: readonly string[];
  readonly machine: { readonly accelerator: 'tcg' | 'kvm'; readonly version: string };
  /** `sha256:…` of the code that ran it. */
  readonly code: string;
  /** The guest's logs, by name. */
  readonly logs: ReadonlyMap<string, Buffer>;
}

/** How it was started is part of the description. */
const LEFT_OUT = 'command.txt';

/**
 * Rejects with a UsageError for a test that a bundle cannot have, an InfraError if nothing could be measured,
 * the signal's reason if it was aborted.
 */
export async function recordTest(wanted: WantedRecord, host: RecordHost): Promise<RecordedTest> {
  const { matrix, cell, test, folder } = wanted;
  if (cell.machineKind === 'container') throw notBootable(cell);
  await using resources = new AsyncDisposableStack();
  const { cacheRoot: root, findQemu, signal } = host;
  const quiet = { matrix, cells: [cell], folder, isCacheRead: false };
  const alone = wantedRun(quiet, { ...host, hasTemplates: false, jobs: 1 });
  const run = { ...alone, isolation: 'test' } as const;
  const opened = await openRun(run, host, { root, findQemu, resources, signal });
  const prepared = await prepare(wanted, opened, root);
  const fold = createReportFold();
  const calls: TracedCall[] = [];
  await runPlan({
    ...planOptions(run, opened, root),
    prepareCell: async () => prepared,
    tests: isSameTest(test, BOOTS) ? [] : [test],
    emit: fold.push,
    signal,
    attendant: {
      onCall: (call, of) => {
        if (isSameTest(of, test)) calls.push(call);
      },
    },
  });
  signal.throwIfAborted();
  const report = fold.report();
  const [cellReport] = report.cells;
  const result = cellReport?.tests.find((one) => isSameTest(one, test));
  const machine = report.host.machines.find(({ name }) => name === cell.machine);
  if (cellReport === undefined || result === undefined || machine === undefined) {
    throw nothingMeasured(test, cellReport?.tests[0]?.detail?.message);
  }
  if (result.verdict === 'miss') throw nothingMeasured(test, result.detail?.message);
  const { accelerator, version } = machine;
  if (accelerator === 'none') throw notBootable(cell);
  return {
    ...{ prepared, result, calls, code: opened.inputs.kmx ?? '' },
    ...(await readGuest(cellReport, result, folder)),
    machine: { accelerator, version },
  };
}

async function prepare(
  { matrix, cell }: WantedRecord,
  { kernels }: OpenedRun,
  cacheRoot: string,
): Promise<RecordedTest['prepared']> {
  const kernel = namedValue(kernels, buildOf(cell));
  if (kernel instanceof InfraError) throw kernel;
  const prepared = await prepareCell({
    ...{ cell, kernel, cacheRoot, binaries: guestBinaries },
    config: namedValue(matrix.configs, cell.config),
    agent: namedValue(matrix.agents, cell.agent),
  });
  const { boot } = prepared;
  if (boot.kind !== 'vm') throw notBootable(cell);
  return { ...prepared, boot };
}

async function readGuest(
  cell: CellReport,
  { guest: number }: TestReport,
  folder: string,
): Promise<Pick<RecordedTest, 'command' | 'logs'>> {
  const command = cell.guests.find((guest) => guest.number === number)?.command ?? [];
  const of = join(folder, 'cells', cell.id, `guest-${number}`);
  const names = (await readdir(of)).filter((name) => name !== LEFT_OUT).sort();
  const read = names.map(async (name) => [name, await readFile(join(of, name))] as const);
  return { command, logs: new Map(await Promise.all(read)) };
}

function notBootable({ id }: Cell): UsageError {
  return new UsageError(`expected a cell with a kernel of its own; found ${id}, a container`, {
    code: 'NOTHING_TO_BUNDLE',
    remedy: 'name the same test of a cell that QEMU boots: kmx list shows them',
  });
}

function nothingMeasured(test: TestId, why = 'the test did not run'): InfraError {
  return new InfraError(`${nameTest(test)} could not be measured: ${why}`, {
    code: 'NOT_MEASURED',
    remedy: 'kmx doctor says what this host lacks',
  });
}
