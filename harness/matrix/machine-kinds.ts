/** Which kind of machine starts which kernel, and what a kind is read from. */
import { MACHINE_KINDS, type MachineKind } from './cell.ts';
import type { Place } from './document.ts';
import { sourceOfPlace } from './kernel-sources.ts';
import type { KernelSource, MachineSource } from './matrix.ts';

/** The values of the axis if a file leaves it out: one machine of each kind. */
export const DEFAULT_MACHINES = { qemu: { qemu: {} }, container: { container: {} } };

/** The kind of machine that can start a kernel. */
export function starterOf({ kind }: Pick<KernelSource, 'kind'>): MachineKind {
  switch (kind) {
    case 'debian-series':
    case 'debian-package':
    case 'path':
    case 'source':
    case 'package':
    case 'oci':
    case 'url':
    case 'kata':
    case 'running':
      return 'qemu';
    case 'host':
      return 'container';
  }
}

/** By kernel, the names of the machines of a matrix that can start it. */
export function machinesForKernels(
  kernels: ReadonlyMap<string, KernelSource>,
  machines: ReadonlyMap<string, MachineSource>,
): (kernel: string) => readonly string[] {
  const byKind = Map.groupBy(machines.keys(), (name) => machines.get(name)?.kind);
  return (name) => {
    const kernel = kernels.get(name);
    return kernel === undefined ? [] : (byKind.get(starterOf(kernel)) ?? []);
  };
}

/** The kind of machine that an entry of `kernels` needs; undefined if it has a fault that hides it. */
export function starterOfPlace(kernel: Place): MachineKind | undefined {
  const source = sourceOfPlace(kernel);
  if (source === undefined) return undefined;
  return source === 'host' ? 'container' : 'qemu';
}

/** The kind of an entry of `machines`; undefined if it has a fault that hides it. */
export function kindOfPlace({ children }: Place): MachineKind | undefined {
  const kinds = MACHINE_KINDS.filter((kind) => children.has(kind));
  return kinds.length === 1 ? kinds[0] : undefined;
}
