/** Cells that this host cannot run as they are meant. */
import { readHostCgroupMode } from '../machine/container/host-cgroups.ts';
import type { Cell } from '../matrix/cell.ts';
import { type Matrix, namedValue } from '../matrix/matrix.ts';
import { skipReason } from '../matrix/skip-reason.ts';

/**
 * The reasons, by cell id. Needs no container engine. Rejects with an InfraError if a cell depends on
 * the cgroups of this host and there are none.
 */
export async function findSkippedCells(
  matrix: Matrix,
  cells: readonly Cell[],
): Promise<ReadonlyMap<string, string>> {
  const inContainers = cells.filter(({ machineKind }) => machineKind === 'container');
  if (inContainers.length === 0) return new Map();
  const mode = await readHostCgroupMode();
  return new Map(
    inContainers.flatMap((cell) => {
      const reason = skipReason(cell, namedValue(matrix.configs, cell.config), mode);
      return reason === undefined ? [] : [[cell.id, reason] as const];
    }),
  );
}
