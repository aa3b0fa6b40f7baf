/** Which kernels and agents a lock is to be written or renewed for. */
import { UsageError } from '../../errors.ts';
import { buildOf, type Cell } from '../../matrix/cell.ts';
import { expandMatrix } from '../../matrix/expand.ts';
import type { Matrix } from '../../matrix/matrix.ts';
import { suggestName } from '../../matrix/suggest.ts';
import { select } from '../selection.ts';

/** The cells whose kernels and agents a lock has: those of a profile, or all. */
export function cellsToLock(matrix: Matrix, profile: string | undefined): readonly Cell[] {
  return profile === undefined ? expandMatrix(matrix) : select(matrix, { profile }).plan.cells;
}

/** Kernels by build, and agents. */
export interface NamesToLock {
  readonly kernels: ReadonlySet<string>;
  readonly agents: ReadonlySet<string>;
}

/**
 * A kernel that is built for several configs may be named by its name on the axis, too. Throws a UsageError for a
 * name that the cells do not have.
 * @param update Names that were asked for; absent: all.
 */
export function namesToLock(
  cells: readonly Cell[],
  update: readonly string[] | undefined,
): NamesToLock {
  const isWanted = (...names: readonly string[]): boolean =>
    update === undefined || names.some((name) => update.includes(name));
  const known = cells.flatMap((cell) => [cell.kernel, buildOf(cell), cell.agent]);
  const unknown = update?.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const near = suggestName(unknown, known);
    throw new UsageError(`there is no kernel or agent ${unknown} in the matrix`, {
      code: 'UNKNOWN_NAME',
      remedy:
        near === undefined
          ? `there are: ${[...new Set(known)].join(', ')}`
          : `did you mean ${near}?`,
    });
  }
  const kernels = cells.filter((cell) => isWanted(cell.kernel, buildOf(cell))).map(buildOf);
  const agents = cells.map(({ agent }) => agent).filter((agent) => isWanted(agent));
  return { kernels: new Set(kernels), agents: new Set(agents) };
}
