import type { EventSink, TestId } from '../../events.ts';
import type { Machine } from '../../machine/machine.ts';
import type { Isolation } from '../../matrix/isolation.ts';
import type { RunLimits } from '../../matrix/scaled-limits.ts';
import type { PreparedCell } from '../../prepare/prepare-cell.ts';
import type { RunResults } from '../../results/run-results.ts';
import type { IdleWorker } from '../../worker/host.ts';
import type { RetryPolicy } from './attempts.ts';
import type { TestAttendant } from './attendant.ts';
import type { CellHistory } from './cell-history.ts';
import type { LogBudget } from './log-budget.ts';

/** The scenarios of a cell. */
export interface ScenarioSet {
  /** Absolute path of the folder of all scenarios; tests are named relative to it. */
  readonly root: string;
  /** Absolute paths of the spec files that the cell runs. */
  readonly files: readonly string[];
  /** Words that a test's file or title must contain. */
  readonly testFilter?: string;
  /** Exactly these tests run; absent: all that the filter leaves. */
  readonly tests?: readonly TestId[];
}

export interface CellOptions {
  /** The run's id. */
  readonly run: string;
  readonly prepared: PreparedCell;
  /** Boots the cell's guests. */
  readonly machine: Machine;
  /** Default: spawns a process, whose output is appended to the file. */
  readonly spawnWorker?: (logFile: string) => IdleWorker;
  readonly limits: RunLimits;
  readonly scenarios: ScenarioSet;
  readonly isolation: Isolation;
  readonly cacheRoot: string;
  /** The cell's folder in the run's reports. */
  readonly folder: string;
  readonly retryPolicy: RetryPolicy;
  /** For a cell that was begun before the run was interrupted. */
  readonly history?: CellHistory;
  /** Results of earlier runs; absent: every test runs, and nothing is kept. */
  readonly results?: RunResults;
  /** Bounds the logs of the whole run. */
  readonly logBudget: LogBudget;
  /** Takes the `/proc/config.gz` of each guest that boots and has one. */
  readonly onConfig?: (packed: Buffer) => void;
  /** Watches the tests, and may hold them. */
  readonly attendant?: TestAttendant;
  readonly emit: EventSink;
  /** When aborted, guest and worker end at once, and a test without a verdict gets none. */
  readonly signal: AbortSignal;
}
