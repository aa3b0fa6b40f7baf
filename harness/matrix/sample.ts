import { createHash } from 'node:crypto';
import type { Cell } from './cell.ts';

/**
 * A number of the cells, in their order. The same seed selects the same ones; with a new seed every
 * day each gets its turn.
 */
export function sampleCells(cells: readonly Cell[], count: number, seed: string): readonly Cell[] {
  const rank = ({ id }: Cell): string => createHash('sha256').update(`${seed} ${id}`).digest('hex');
  const ranked = cells.map((cell) => ({ cell, rank: rank(cell) }));
  const taken = new Set(
    ranked
      .toSorted((one, other) => (one.rank < other.rank ? -1 : 1))
      .slice(0, count)
      .map(({ cell }) => cell),
  );
  return cells.filter((cell) => taken.has(cell));
}
