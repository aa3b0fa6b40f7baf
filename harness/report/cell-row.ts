/**
 * Where a cell stands in a map of the matrix: kernels down, with their configs and machines; cgroup modes
 * and agents across.
 */
import { type Cell, isPlainMachine } from '../matrix/cell.ts';

/** `no-controllers on qemu-10`; empty for what goes without saying. */
export function variantOf({ config, machine }: Pick<Cell, 'config' | 'machine'>): string {
  const parts = [
    ...(config === 'default' ? [] : [config]),
    ...(isPlainMachine(machine) ? [] : [`on ${machine}`]),
  ];
  return parts.join(' ');
}

/** `debian-6.12 no-controllers`, `debian-6.12 on qemu-10`. */
export function rowOf(cell: Pick<Cell, 'kernel' | 'config' | 'machine'>): string {
  const variant = variantOf(cell);
  return variant === '' ? cell.kernel : `${cell.kernel} ${variant}`;
}

/** `v1 guarded`. */
export function columnOf({ cgroup, agent }: Pick<Cell, 'cgroup' | 'agent'>): string {
  return `${cgroup} ${agent}`;
}
