import type { CgroupMode } from './cell.ts';
import type { PartialCell } from './matrix.ts';

/** The keys of a cell, in the order of its id. */
export const CELL_KEYS = ['kernel', 'config', 'cgroup', 'agent', 'machine'] as const;
export type CellKey = (typeof CELL_KEYS)[number];

/** The names on each axis, as written. */
export interface Axes {
  readonly kernel: readonly string[];
  readonly config: readonly string[];
  readonly cgroup: readonly CgroupMode[];
  readonly agent: readonly string[];
  readonly machine: readonly string[];
}

/**
 * The cells that axes can make, numbered from 0: kernels vary slowest, machines fastest. A machine
 * that cannot start a kernel makes no cell with it.
 */
export interface Grid {
  readonly axes: Axes;
  /** By position of the kernel: the machines that can start it. */
  readonly startedBy: readonly (readonly string[])[];
  /** By position of the kernel: the index of its first cell; and at the end, how many cells there are. */
  readonly offsets: readonly number[];
}

/** More cells than this are a mistake, and would not fit into memory. */
export const MOST_CELLS = 1_000_000;

/** @param machinesFor The machines that can start a kernel, in the order of their axis. */
export function createGrid(axes: Axes, machinesFor: (kernel: string) => readonly string[]): Grid {
  const startedBy = axes.kernel.map(machinesFor);
  const offsets = [0];
  const each = axes.config.length * axes.cgroup.length * axes.agent.length;
  for (const [kernel, machines] of startedBy.entries()) {
    offsets.push((offsets[kernel] ?? 0) + each * machines.length);
  }
  return { axes, startedBy, offsets };
}

export function countCells({ offsets }: Grid): number {
  return offsets.at(-1) ?? 0;
}

/** Which cells of a grid a matrix has. */
export interface Coverage {
  /** By index of the cell: 1 for each that is kept. */
  readonly kept: Uint8Array;
  /** Indexes of the items that changed nothing. */
  readonly idleExcludes: readonly number[];
  readonly idleIncludes: readonly number[];
}

/** Removes what is excluded, then restores what is included. All names must be on their axes. */
export function coverGrid(
  grid: Grid,
  exclude: readonly PartialCell[],
  include: readonly PartialCell[],
): Coverage {
  const kept = new Uint8Array(countCells(grid)).fill(1);
  const findIdle = (items: readonly PartialCell[], state: 0 | 1) =>
    items.flatMap((item, index) => {
      let isIdle = true;
      visitCells(grid, item, (cell) => {
        if (kept[cell] !== state) isIdle = false;
        kept[cell] = state;
      });
      return isIdle ? [index] : [];
    });
  const idleExcludes = findIdle(exclude, 0);
  return { kept, idleExcludes, idleIncludes: findIdle(include, 1) };
}

/** Calls `visit` with the index of every cell of the grid that has the given names. */
export function visitCells(
  { axes, startedBy, offsets }: Grid,
  part: PartialCell,
  visit: (index: number) => void,
): void {
  const [kernels, configs, cgroups, agents] = (
    ['kernel', 'config', 'cgroup', 'agent'] as const
  ).map((key) => positionsOf(part[key], axes[key])) as [number[], number[], number[], number[]];
  for (const kernel of kernels) {
    const usable = startedBy[kernel] ?? [];
    const machines = positionsOf(part.machine, usable);
    const offset = offsets[kernel] ?? 0;
    for (const config of configs) {
      for (const cgroup of cgroups) {
        const row = (config * axes.cgroup.length + cgroup) * axes.agent.length;
        for (const agent of agents) {
          const first = offset + (row + agent) * usable.length;
          for (const machine of machines) visit(first + machine);
        }
      }
    }
  }
}

/** Where the names stand on an axis; those of others are left out, and no names are all. */
function positionsOf(names: readonly string[] | undefined, axis: readonly string[]): number[] {
  if (names === undefined) return [...axis.keys()];
  const positions = new Map(axis.map((name, index) => [name, index]));
  return names.flatMap((name) => positions.get(name) ?? []);
}

/** The names of the cell at an index. Throws a RangeError if the grid has no such cell. */
export function namesAt(
  { axes, startedBy, offsets }: Grid,
  index: number,
): { readonly [Key in CellKey]: Axes[Key][number] } {
  const at = kernelAt(offsets, index);
  let rest = index - (offsets[at] ?? 0);
  const take = <Name extends string>(names: readonly Name[]): Name => {
    const name = names[rest % names.length];
    if (name === undefined) throw new RangeError(`the grid has no cell ${index}`);
    rest = Math.floor(rest / names.length);
    return name;
  };
  const machine = take(startedBy[at] ?? []);
  const agent = take(axes.agent);
  const cgroup = take(axes.cgroup);
  const config = take(axes.config);
  return { kernel: axes.kernel[at] ?? '', config, cgroup, agent, machine };
}

/** The position of the kernel of a cell: the last one whose cells do not begin behind it. */
function kernelAt(offsets: readonly number[], index: number): number {
  let [low, high] = [0, offsets.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((offsets[middle] ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}
