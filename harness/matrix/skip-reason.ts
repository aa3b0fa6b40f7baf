import type { Cell, CgroupMode } from './cell.ts';
import type { GuestConfig } from './matrix.ts';

/**
 * Why this host can't run a cell as it is meant, one sentence; undefined if it can, as far as that is
 * known without trying. Guests with a kernel of their own can be set up in any way.
 * @param hostMode How this host mounts its cgroups, which its containers share.
 */
export function skipReason(
  { cgroup, machineKind }: Pick<Cell, 'cgroup' | 'machineKind'>,
  { bootParameters }: Pick<GuestConfig, 'bootParameters'>,
  hostMode: CgroupMode,
): string | undefined {
  if (machineKind !== 'container') return undefined;
  if (bootParameters.length > 0) {
    return `a container has the kernel that this host has booted: it cannot have boot parameters (${bootParameters.join(' ')})`;
  }
  if (cgroup === hostMode) return undefined;
  return `the cell asks for cgroup ${cgroup}, and this host has ${hostMode}, which its containers share`;
}
