import pLimit from 'p-limit';
import type { Cell } from '../matrix/cell.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { LastRun } from '../results/last-runs.ts';
import type { StoredCell } from './cell/cell-results.ts';
import type { CellOutlook, Need } from './cell-schedule.ts';

/** So many at a time: each is a handful of small files. */
const READS_AT_ONCE = 8;

export interface OutlookOptions {
  readonly lastRuns: ReadonlyMap<string, LastRun>;
  /** What earlier runs have kept of a cell; undefined if nothing ever is. */
  readonly recall: (cell: Cell) => Promise<StoredCell | undefined>;
}

/** What is known of cells before they begin, by id. Those that never ran are not among them. */
export async function readOutlooks(
  cells: readonly Cell[],
  { lastRuns, recall }: OutlookOptions,
): Promise<ReadonlyMap<string, CellOutlook>> {
  const limit = pLimit(READS_AT_ONCE);
  const outlooks = cells.map((cell) =>
    limit(async () => {
      const last = lastRuns.get(cell.id);
      if (last === undefined) return [];
      // Whatever fails here fails again when the cell runs, and is reported then.
      const stored = await recall(cell).catch(() => undefined);
      return [[cell.id, outlookOf(last, stored)] as const];
    }),
  );
  return new Map((await Promise.all(outlooks)).flat());
}

function outlookOf(last: LastRun, stored: StoredCell | undefined): CellOutlook {
  const { durationMs } = last;
  return {
    need: needOf(last, stored),
    lastRunAt: last.at,
    ...omitUndefined({
      expectedMs: durationMs === undefined ? undefined : durationMs * shareLeft(stored),
    }),
  };
}

function needOf({ isBad }: LastRun, stored: StoredCell | undefined): Need {
  if (stored?.recalled.isWhole === true) return 'none';
  const hasChanged = stored === undefined || stored.files.size === 0;
  return hasChanged || isBad ? 'suspect' : 'routine';
}

/** The part of a cell's tests that has to run, from 0 to 1. */
function shareLeft(stored: StoredCell | undefined): number {
  if (stored === undefined) return 1;
  const { recalled, ended } = stored;
  if (recalled.isWhole) return 0;
  const planned = (recalled.planned?.length ?? 0) + 1;
  const done = recalled.tests.length + ended;
  return planned === 1 ? 1 : Math.max(0, 1 - done / planned);
}
