import type { Cell } from '../matrix/cell.ts';

/**
 * Cells in the order in which they begin. Cells of one kernel and config follow each other: the
 * first one's boot is saved, and the others start from there. The longest come first, so that no
 * long cell is left for a single CPU at the end. Cells that never ran keep the plan's order.
 *
 * @param durations Milliseconds that each cell took when it last ran, by cell id.
 */
export function scheduleCells(
  cells: readonly Cell[],
  durations: ReadonlyMap<string, number>,
): readonly Cell[] {
  const usual = meanOf(cells.flatMap(({ id }) => durations.get(id) ?? []));
  const costOf = ({ id }: Cell): number => durations.get(id) ?? usual;
  const groups = Map.groupBy(cells, ({ kernel, config }) => JSON.stringify([kernel, config]));
  const costs = new Map(
    [...groups].map(([key, group]) => [key, group.reduce((sum, cell) => sum + costOf(cell), 0)]),
  );
  // Sorting is stable.
  return [...groups]
    .toSorted(([one], [other]) => (costs.get(other) ?? 0) - (costs.get(one) ?? 0))
    .flatMap(([, group]) => group.toSorted((one, other) => costOf(other) - costOf(one)));
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
