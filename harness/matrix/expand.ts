import { type Cell, cellId, type MachineKind } from './cell.ts';
import { type Axes, coverGrid } from './grid.ts';
import { type KernelSource, type Matrix, namedValue } from './matrix.ts';

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
    if (isKept === 1) cells.push(cellAt(matrix, axes, index));
  }
  return cells;
}

/** The cell at an index of the product of the axes. */
export function cellAt(matrix: Matrix, axes: Axes, index: number): Cell {
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
  const machineKind = machineKindOf(namedValue(matrix.kernels, kernel));
  const names = { kernel, config, cgroup, agent, machine: machineKind };
  return {
    id: cellId(names),
    ...names,
    machineKind,
    agentKind: namedValue(matrix.agents, agent).kind,
  };
}

/** What can boot a kernel. */
function machineKindOf({ kind }: KernelSource): MachineKind {
  switch (kind) {
    case 'debian-series':
    case 'debian-package':
    case 'path':
      return 'qemu';
    case 'host':
      return 'container';
  }
}
