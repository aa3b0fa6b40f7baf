import { isPlainMachine, type NamedCell } from '../matrix/cell.ts';
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

/** What a cell has in common with those that it is compared with: `default+v1+unguarded`. */
export type PlaceOf = (cell: NamedCell) => string;

const PLACE_AXES = ['kernel', 'config', 'cgroup', 'agent'] as const;

/**
 * Across machines a kernel is the same if its release is: the host's in a container has another name than
 * its twin in QEMU. Beside other axes a machine counts if a matrix has several for a kernel: else it
 * follows from the kernel.
 */
export function createPlaces({ axes, runs }: Pick<Selected, 'axes' | 'runs'>): PlaceOf {
  const isByMachine = axes.includes('machine');
  const twins = isByMachine ? releasesOfTwins(runs) : new Map<string, string>();
  return (cell) => {
    const names = PLACE_AXES.filter((axis) => !axes.includes(axis)).map((axis) =>
      axis === 'kernel' ? (twins.get(cell.kernel) ?? cell.kernel) : cell[axis],
    );
    const { machine } = cell;
    return [...names, ...(isByMachine || isPlainMachine(machine) ? [] : [machine])].join('+');
  };
}

/** By name, the releases of kernels that stand for the same one on different machines. */
function releasesOfTwins(runs: readonly ComparedRun[]): ReadonlyMap<string, string> {
  const cells = runs.flatMap((run) => run.cells);
  const byRelease = Map.groupBy(cells, ({ environment }) => environment.release);
  const twins = new Map<string, string>();
  for (const [release, own] of byRelease) {
    const kernels = new Set(own.map(({ kernel }) => kernel));
    const places = new Set(own.map(({ kernel, machine }) => `${kernel} ${machine}`));
    const machines = new Set(own.map(({ machine }) => machine));
    const isEachElsewhere = places.size === machines.size;
    if (release === undefined || kernels.size < 2 || !isEachElsewhere) continue;
    for (const kernel of kernels) twins.set(kernel, release);
  }
  return twins;
}
