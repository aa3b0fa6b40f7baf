import { buildName } from './builds.ts';
import { type Cell, cellId } from './cell.ts';
import { type Axes, coverGrid, createGrid, type Grid, namesAt } from './grid.ts';
import { machinesForKernels } from './machine-kinds.ts';
import { type Matrix, namedValue } from './matrix.ts';

export function axesOf(matrix: Matrix): Axes {
  return {
    kernel: [...matrix.kernels.keys()],
    config: [...matrix.configs.keys()],
    cgroup: matrix.cgroups,
    agent: [...matrix.agents.keys()],
    machine: [...matrix.machines.keys()],
  };
}

export function gridOf(matrix: Matrix): Grid {
  return createGrid(axesOf(matrix), machinesForKernels(matrix.kernels, matrix.machines));
}

/** Every cell of a matrix, in the order of the file: kernels vary slowest, machines fastest. */
export function expandMatrix(matrix: Matrix): readonly Cell[] {
  const grid = gridOf(matrix);
  const { kept } = coverGrid(grid, matrix.exclude, matrix.include);
  const cells: Cell[] = [];
  for (const [index, isKept] of kept.entries()) {
    if (isKept === 1) cells.push(cellAt(matrix, grid, index));
  }
  return cells;
}

/** The cell at an index of the grid. */
export function cellAt(matrix: Matrix, grid: Grid, index: number): Cell {
  const names = namesAt(grid, index);
  const build = buildName(matrix, names);
  return {
    id: cellId(names),
    ...names,
    ...(build !== undefined && { build }),
    machineKind: namedValue(matrix.machines, names.machine).kind,
    agentKind: namedValue(matrix.agents, names.agent).kind,
  };
}
