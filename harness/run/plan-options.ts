/** What a plan is run with. */
import type { InfraError } from '../errors.ts';
import type { EventSink, FailOn, HostFacts, LockFacts, RunBounds, TestId } from '../events.ts';
import type { Expectation } from '../expectations/expectation.ts';
import type { Machine } from '../machine/machine.ts';
import type { BuildPlace, QemuPlace } from '../matrix/cell.ts';
import type { Isolation } from '../matrix/isolation.ts';
import type { Matrix, Plan } from '../matrix/matrix.ts';
import type { RunLimits } from '../matrix/scaled-limits.ts';
import type { Prediction } from '../needs/prediction.ts';
import type { GuestBinaries, PrepareCell } from '../prepare/prepare-cell.ts';
import type { ResolvedKernels } from '../prepare/run-inputs.ts';
import type { LastRun } from '../results/last-runs.ts';
import type { RunResults } from '../results/run-results.ts';
import type { RunBaseline } from './baseline-configs.ts';
import type { TestAttendant } from './cell/attendant.ts';
import type { CellHistory } from './cell/cell-history.ts';
import type { CellOptions } from './cell/cell-options.ts';

/** What is known to fail, and how much of that a run is judged by: see `run-begin`. */
export interface KnownFailures {
  readonly expectations: readonly Expectation[];
  readonly expectationsFile?: string;
  readonly isFiltered: boolean;
  readonly isWholeMatrix: boolean;
}

/** A machine of the matrix on this host. */
export interface RunMachine {
  /** An InfraError where this host cannot provide it: its cells are misses. */
  readonly machine: Machine | InfraError;
  /** Scaled for its guests. */
  readonly limits: RunLimits;
  /**
   * What results depend on of it, by name. Absent if nobody can tell: results are then never reused.
   */
  readonly inputs?: Readonly<Record<string, string>>;
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
  /** Exactly these tests run, in every cell; absent: all that the filter leaves. */
  readonly tests?: readonly TestId[];
  /** By name. */
  readonly machines: ReadonlyMap<string, RunMachine>;
  /** Cells that this host cannot run as they are meant, by id, with the reason. */
  readonly skipped?: ReadonlyMap<string, string>;
  readonly kernels: ResolvedKernels;
  readonly cacheRoot: string;
  readonly guestBinaries: GuestBinaries;
  readonly host: HostFacts;
  /** Which tests share a guest. */
  readonly isolation: Isolation;
  /** Where all QEMUs run, if that is not as the matrix says. */
  readonly qemu?: QemuPlace;
  /** See `run-begin`. */
  readonly buildIn?: BuildPlace;
  /** What is known of when cells last ran, by cell id. */
  readonly lastRuns?: ReadonlyMap<string, LastRun>;
  /** When the run is to stop before all of it has run. */
  readonly bounds?: RunBounds;
  /** Wall-clock time from which a time budget counts; default: now. */
  readonly startedMs?: number;
  /** Wall-clock time; default: the host's. */
  readonly nowMs?: () => number;
  /** How many cells run in parallel. */
  readonly jobs: number;
  readonly retries: number;
  readonly missRetries: number;
  readonly known: KnownFailures;
  /** For a resumed run, too, whose events have it already. */
  readonly baseline?: RunBaseline;
  /** See `run-begin`. */
  readonly failOn?: FailOn;
  /** See `run-begin`. */
  readonly lock?: LockFacts;
  /** What is to be expected of cells, by cell id. */
  readonly predictions?: ReadonlyMap<string, Prediction>;
  /** For a resumed run: what its events say about each cell, by cell id. */
  readonly history?: ReadonlyMap<string, CellHistory>;
  /** Results of earlier runs; absent: every test runs, and nothing is kept. */
  readonly results?: RunResults;
  /** Default: from the matrix, by `createCellPreparer`. */
  readonly prepareCell?: PrepareCell;
  /** Default: a process for each cell's tests. */
  readonly spawnWorker?: CellOptions['spawnWorker'];
  /** Watches the tests, and may hold them. */
  readonly attendant?: TestAttendant;
  readonly emit: EventSink;
  readonly signal: AbortSignal;
}
