import { type Cell, cellId } from './cell.ts';
import { type Axes, coverGrid } from './grid.ts';
import type { Matrix } from './matrix.ts';

export function axesOf(matrix: Matrix): Axes {
  return {
    kernel: [...matrix.kernels.keys()],
    config: [...matrix.configs.keys()],
    cgroup: matrix.cgroups,
    agent: [...matrix.agents.keys()],
  };
}

/** Every cell of a matrix, in the order of the file: kernels vary slowest, agents fastest. */
export function expandMatrix(matrix: Matrix): readonly Cell[] {
  const axes = axesOf(matrix);
  const { kept } = coverGrid(axes, matrix.exclude, matrix.include);
  const cells: Cell[] = [];
  for (const [index, isKept] of kept.entries()) {
    if (isKept === 1) cells.push(cellAt(axes, index));
  }
  return cells;
}

/** The cell at an index of the product. */
export function cellAt(axes: Axes, index: number): Cell {
  const take = <Name extends string>(names: readonly Name[]): Name => {
    const name = names[rest % names.length];
    if (name === undefined) throw new RangeError(`no cell ${index} in an empty matrix`);
    rest = Math.floor(rest / names.length);
    return name;
  };
  let rest = index;
  const agent = take(axes.agent);
  const cgroup = take(axes.cgroup);
  const config = take(axes.config);
  const kernel = take(axes.kernel);
  return { id: cellId({ kernel, config, cgroup, agent }), kernel, config, cgroup, agent };
}
