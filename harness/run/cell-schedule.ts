import type { Cell } from '../matrix/cell.ts';

/** What is known of a cell before it begins. */
export interface CellOutlook {
  /** Milliseconds; absent: nothing is known of how long it takes. */
  readonly expectedMs?: number;
  readonly need: Need;
  /** ISO 8601; absent: it never ran. */
  readonly lastRunAt?: string;
}

/**
 * Why a cell should run, the most urgent first: results of earlier runs stand in for it, which takes
 * no time; it never ran; what it depends on has changed since, or something was not as expected;
 * nothing of that.
 */
const NEEDS = ['none', 'never-run', 'suspect', 'routine'] as const;
export type Need = (typeof NEEDS)[number];

const UNKNOWN: CellOutlook = { need: 'never-run' };

/**
 * Cells in the order in which they begin. Cells of one kernel and config follow each other: the
 * first one's boot is saved, and the others start from there. The longest come first, so that no
 * long cell is left for a single CPU at the end. Cells that never ran keep the plan's order.
 *
 * If there may not be time for all of them, those that tell most come first: see `NEEDS`; then those
 * that ran the longest time ago.
 *
 * @param outlooks By cell id; a cell without one never ran.
 */
export function scheduleCells(
  cells: readonly Cell[],
  outlooks: ReadonlyMap<string, CellOutlook>,
  { isBudgeted = false }: { readonly isBudgeted?: boolean } = {},
): readonly Cell[] {
  const outlookOf = ({ id }: Cell): CellOutlook => outlooks.get(id) ?? UNKNOWN;
  const longest = sortByDuration(cells, (cell) => outlookOf(cell).expectedMs);
  if (!isBudgeted) return longest;
  const orderOf = (cell: Cell): number => NEEDS.indexOf(outlookOf(cell).need);
  const timeOf = (cell: Cell): number => Date.parse(outlookOf(cell).lastRunAt ?? LONG_AGO);
  // Sorting is stable.
  return longest.toSorted(
    (one, other) => orderOf(one) - orderOf(other) || timeOf(one) - timeOf(other),
  );
}

const LONG_AGO = '1970-01-01T00:00:00.000Z';

function sortByDuration(
  cells: readonly Cell[],
  durationOf: (cell: Cell) => number | undefined,
): readonly Cell[] {
  const usual = meanOf(cells.flatMap((cell) => durationOf(cell) ?? []));
  const costOf = (cell: Cell): number => durationOf(cell) ?? usual;
  const groups = Map.groupBy(cells, ({ kernel, config }) => JSON.stringify([kernel, config]));
  const costs = new Map(
    [...groups].map(([key, group]) => [key, group.reduce((sum, cell) => sum + costOf(cell), 0)]),
  );
  return [...groups]
    .toSorted(([one], [other]) => (costs.get(other) ?? 0) - (costs.get(one) ?? 0))
    .flatMap(([, group]) => group.toSorted((one, other) => costOf(other) - costOf(one)));
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
