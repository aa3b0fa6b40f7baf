import type { Cell, CgroupMode } from './cell.ts';
import { type GuestConfig, type Matrix, namedValue } from './matrix.ts';

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

/**
 * The reasons by cell id, for those of some cells that this host can't run as they are meant.
 * @param hostMode Asked for only if a cell is in a container.
 */
export async function skipReasons(
  { configs }: Pick<Matrix, 'configs'>,
  cells: readonly Cell[],
  hostMode: () => Promise<CgroupMode>,
): Promise<ReadonlyMap<string, string>> {
  const inContainers = cells.filter(({ machineKind }) => machineKind === 'container');
  if (inContainers.length === 0) return new Map();
  const mode = await hostMode();
  return new Map(
    inContainers.flatMap((cell) => {
      const reason = skipReason(cell, namedValue(configs, cell.config), mode);
      return reason === undefined ? [] : [[cell.id, reason] as const];
    }),
  );
}
