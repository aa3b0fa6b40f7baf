import type { Cell } from '../matrix/cell.ts';

/**
 * Cells in the order in which they begin. Those of one kernel and config come one after the other:
 * what the first of them boots is saved, and the others begin from there. What takes longest comes
 * first, so that no long cell is left over for one CPU at the end; of cells that never ran, the
 * order of the plan is kept.
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
