import type { EventSink } from '../../events.ts';
import type { Machine } from '../../machine/machine.ts';
import type { Isolation } from '../../matrix/isolation.ts';
import type { RunLimits } from '../../matrix/scaled-limits.ts';
import type { PreparedCell } from '../../prepare/prepare-cell.ts';
import type { RunResults } from '../../results/run-results.ts';
import type { AttemptPolicy } from './attempts.ts';
import type { CellHistory } from './cell-history.ts';

/** Which scenarios a run looks into. */
export interface ScenarioSet {
  /** Absolute folder of all scenarios; tests are named relative to it. */
  readonly root: string;
  /** Absolute paths of the spec files that the cell runs. */
  readonly files: readonly string[];
  /** Words that a test's file or title must have. */
  readonly testFilter?: string;
}

export interface CellOrder {
  /** The run's id. */
  readonly run: string;
  readonly prepared: PreparedCell;
  readonly machine: Machine;
  readonly limits: RunLimits;
  readonly scenarios: ScenarioSet;
  readonly isolation: Isolation;
  readonly cacheRoot: string;
  /** The cell's folder in the run's reports. */
  readonly folder: string;
  readonly attempts: AttemptPolicy;
  /** Of a cell that an earlier kmx, which was cut off, has begun. */
  readonly history?: CellHistory;
  /** Results of earlier runs; absent: all is run, and nothing kept. */
  readonly results?: RunResults;
  readonly emit: EventSink;
  /** Aborted: guest and worker end at once, and what has no verdict by then gets none. */
  readonly signal: AbortSignal;
}
