import type { Cell } from '../matrix/cell.ts';
import { CELL_KEYS } from '../matrix/grid.ts';
import type { ExpectedWhere } from './expectation.ts';

/**
 * The fewest partial cells, as far as halving finds them, that together name some cells of a run
 * and none of the others.
 */
export function coverCells(own: readonly Cell[], all: readonly Cell[]): readonly ExpectedWhere[] {
  const [first] = own;
  if (first === undefined) return [];
  const words = CELL_KEYS.map(
    (key) => [key, new Set<string>(own.map((cell) => cell[key]))] as const,
  );
  const isNamed = (cell: Cell): boolean => words.every(([key, values]) => values.has(cell[key]));
  const ids = new Set(own.map(({ id }) => id));
  if (all.filter(isNamed).every(({ id }) => ids.has(id))) {
    return [Object.fromEntries(words.map(([key, values]) => [key, [...values]]))];
  }
  const [widest] = words.toSorted(([, one], [, other]) => other.size - one.size);
  if (widest === undefined) return [];
  const [key, values] = widest;
  return [...values].flatMap((value) =>
    coverCells(
      own.filter((cell) => cell[key] === value),
      all,
    ),
  );
}
