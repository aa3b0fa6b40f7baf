import type { CgroupMode } from './cell.ts';
import type { PartialCell } from './matrix.ts';

/** The keys of a cell, in the order of its id. */
export const CELL_KEYS = ['kernel', 'config', 'cgroup', 'agent'] as const;
export type CellKey = (typeof CELL_KEYS)[number];

/** The names on each axis, as written. */
export interface Axes {
  readonly kernel: readonly string[];
  readonly config: readonly string[];
  readonly cgroup: readonly CgroupMode[];
  readonly agent: readonly string[];
}

/** More cells than this are a mistake, and would not fit into memory. */
export const MOST_CELLS = 1_000_000;

export function countCells(axes: Axes): number {
  return CELL_KEYS.reduce((product, key) => product * axes[key].length, 1);
}

/** Which cells of the product a matrix has, by index: kernels vary slowest, agents fastest. */
export interface Coverage {
  /** 1 for each cell that is kept. */
  readonly kept: Uint8Array;
  /** Indexes of the items that changed nothing. */
  readonly idleExcludes: readonly number[];
  readonly idleIncludes: readonly number[];
}

/** Removes what is excluded, then restores what is included. All names must be on their axes. */
export function coverGrid(
  axes: Axes,
  exclude: readonly PartialCell[],
  include: readonly PartialCell[],
): Coverage {
  const kept = new Uint8Array(countCells(axes)).fill(1);
  const findIdle = (items: readonly PartialCell[], state: 0 | 1) =>
    items.flatMap((item, index) => {
      let isIdle = true;
      visitCells(axes, item, (cell) => {
        if (kept[cell] !== state) isIdle = false;
        kept[cell] = state;
      });
      return isIdle ? [index] : [];
    });
  const idleExcludes = findIdle(exclude, 0);
  return { kept, idleExcludes, idleIncludes: findIdle(include, 1) };
}

/** Calls `visit` with the index of every cell of the product that has the given names. */
export function visitCells(axes: Axes, part: PartialCell, visit: (index: number) => void): void {
  const [kernels, configs, cgroups, agents] = CELL_KEYS.map((key) => {
    const positions = new Map<string, number>(axes[key].map((name, index) => [name, index]));
    return (part[key] ?? axes[key]).flatMap((name) => positions.get(name) ?? []);
  }) as [number[], number[], number[], number[]];
  for (const kernel of kernels) {
    for (const config of configs) {
      for (const cgroup of cgroups) {
        const row = (kernel * axes.config.length + config) * axes.cgroup.length + cgroup;
        for (const agent of agents) visit(row * axes.agent.length + agent);
      }
    }
  }
}
