import type { ComparedCell, ComparedRun } from './compared-run.ts';
import type { ComparedAxis } from './comparison.ts';

/** The cells that stand in one column. */
export interface ColumnCells {
  readonly name: string;
  readonly run: ComparedRun;
  readonly cells: readonly ComparedCell[];
}

/** What is to be compared. */
export interface Selected {
  /** What the columns differ in. */
  readonly axes: readonly ComparedAxis[];
  /** Two or more. */
  readonly columns: readonly ColumnCells[];
  /** Every cell of the runs: the more of them, the better reasons can be told apart. */
  readonly runs: readonly ComparedRun[];
}

const PLACE_AXES = ['kernel', 'config', 'cgroup', 'agent'] as const;

/** What a cell has in common with those that it is compared with: `default+v1+unguarded`. */
export function placeOf(
  cell: Pick<ComparedCell, (typeof PLACE_AXES)[number]>,
  axes: readonly ComparedAxis[],
): string {
  // What boots a kernel follows from the kernel.
  const isCompared = (axis: ComparedAxis): boolean =>
    axes.includes(axis) || (axis === 'kernel' && axes.includes('machine'));
  return PLACE_AXES.filter((axis) => !isCompared(axis))
    .map((axis) => cell[axis])
    .join('+');
}
