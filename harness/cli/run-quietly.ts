/** A run of cells within another command: all of its files, and nothing on the terminal. */
import { mkdirSync } from 'node:fs';
import { InfraError } from '../errors.ts';
import type { EventSink, TestId } from '../events.ts';
import type { QemuHost } from '../machine/qemu/find-qemu.ts';
import type { Cell } from '../matrix/cell.ts';
import type { Matrix } from '../matrix/matrix.ts';
import type { RunLimits } from '../matrix/scaled-limits.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { PrepareCell } from '../prepare/prepare-cell.ts';
import { createReportFold } from '../report/fold-report.ts';
import type { RunReport } from '../report/schema.ts';
import { createEventLog } from '../reporters/event-log.ts';
import type { FormatName } from '../reporters/format.ts';
import { createFormatReporter, loadFormat } from '../reporters/formats.ts';
import { groupReporters } from '../reporters/reporter.ts';
import type { TestAttendant } from '../run/cell/attendant.ts';
import type { RunPlanOptions } from '../run/plan-options.ts';
import { runPlan } from '../run/run-plan.ts';
import { formatContext } from './format-context.ts';
import { loadNeeds } from './load-needs.ts';
import { type GivenInputs, type HostOptions, openRun } from './open-run.ts';
import { planOptions } from './plan-options.ts';
import { createRunId, type WantedRun } from './wanted-run.ts';

/** What the runs of one command have in common. */
export interface QuietHost extends HostOptions {
  readonly cacheRoot: string;
  readonly findQemu: () => Promise<QemuHost>;
  readonly hasTemplates: boolean;
  readonly jobs?: number;
  readonly signal: AbortSignal;
  /** Nothing but what the lock beside the matrix names is used. */
  readonly isLocked?: boolean;
  /** In the place of what the matrix names. */
  readonly given?: GivenInputs;
  /** In the place of guests that are made from the matrix. */
  readonly prepareCell?: PrepareCell;
}

export interface QuietRun {
  readonly matrix: Matrix;
  readonly cells: readonly Cell[];
  readonly testFilter?: string;
  /** Exactly these tests run. */
  readonly tests?: readonly TestId[];
  /** Watches the tests. */
  readonly attendant?: TestAttendant;
  /** Makes other limits out of those of this host. */
  readonly adaptLimits?: (limits: RunLimits) => RunLimits;
  /** Hears all events. */
  readonly onEvent?: EventSink;
  /** Made if it is not there. */
  readonly folder: string;
  /** Results of earlier runs are used. */
  readonly isCacheRead: boolean;
  /** Apart from the event log and `report.json`. */
  readonly formats?: readonly FormatName[];
}

/** Further tries of what could not be measured: they cost less than a step of a bisect. */
const MISS_RETRIES = 2;

/**
 * Runs cells without expectations: no failure is known. Rejects with the signal's reason if it was aborted, an
 * InfraError if the host has no machine or cannot write the report, a UsageError for an agent that
 * cannot be used.
 */
export async function runQuietly(run: QuietRun, host: QuietHost): Promise<RunReport> {
  const { folder, formats = [], onEvent = () => {}, tests, attendant } = run;
  host.signal.throwIfAborted();
  await using resources = new AsyncDisposableStack();
  const wanted = wantedRun(run, host);
  const { cacheRoot: root, findQemu, signal, given, prepareCell } = host;
  const opened = await openRun(wanted, host, {
    ...{ root, findQemu, resources, signal },
    ...omitUndefined({ given }),
  });
  mkdirSync(folder, { recursive: true });
  const fold = createReportFold();
  const context = formatContext(folder, process.env);
  const files = await Promise.all([...new Set<FormatName>(['json', ...formats])].map(loadFormat));
  const reporters = groupReporters([
    { onEvent: fold.push },
    { onEvent },
    createEventLog(folder),
    ...files.map((format) => createFormatReporter(format, folder, context)),
  ]);
  const options = planOptions(wanted, opened, root);
  await runPlan({
    ...options,
    machines: withLimits(options.machines, run.adaptLimits),
    ...omitUndefined({ tests, attendant, prepareCell }),
    emit: reporters.onEvent,
    signal,
  });
  host.signal.throwIfAborted();
  const report = fold.report();
  reporters.onEnd(report);
  const [failure] = reporters.failures;
  if (failure === undefined) return report;
  throw new InfraError(`the report in ${folder} is incomplete: ${failure.message}`, {
    code: 'REPORT_FAILED',
    remedy: 'make sure that its folder can be written and the disk has room',
  });
}

/** A run whose every failure is told as it is, and not retried. */
export function wantedRun(
  run: Pick<QuietRun, 'matrix' | 'cells' | 'folder' | 'testFilter' | 'isCacheRead'>,
  { hasTemplates, jobs, isLocked = false }: Pick<QuietHost, 'hasTemplates' | 'jobs' | 'isLocked'>,
): WantedRun {
  const { matrix, cells, folder, testFilter, isCacheRead } = run;
  return {
    ...{ id: createRunId(), folder, matrix, plan: { profile: 'all', cells } },
    ...omitUndefined({ testFilter, jobs }),
    ...{ retries: 0, missRetries: MISS_RETRIES, isolation: matrix.isolation },
    ...{ hasTemplates, isCacheRead, past: [] },
    known: { expectations: [], isFiltered: true, isWholeMatrix: false },
    isLocked,
    needs: loadNeeds({ matrix: matrix.file }),
  };
}

export function withLimits(
  machines: RunPlanOptions['machines'],
  adapt: QuietRun['adaptLimits'] = (limits) => limits,
): RunPlanOptions['machines'] {
  return new Map(
    [...machines].map(([name, machine]) => [name, { ...machine, limits: adapt(machine.limits) }]),
  );
}
