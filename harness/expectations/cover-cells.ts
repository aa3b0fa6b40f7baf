import type { Cell } from '../matrix/cell.ts';
import { CELL_KEYS, type CellKey } from '../matrix/grid.ts';
import type { ExpectedWhere } from './expectation.ts';

/** Mostly a kernel says which machine starts it, and nobody has to. */
const WITHOUT_MACHINE = CELL_KEYS.filter((key) => key !== 'machine');

/**
 * The fewest partial cells, as far as halving finds them, that together name some cells of a run
 * and none of the others. The machine is named only where it tells cells apart.
 */
export function coverCells(own: readonly Cell[], all: readonly Cell[]): readonly ExpectedWhere[] {
  if (own.length === 0) return [];
  const ids = new Set(own.map(({ id }) => id));
  const words = [WITHOUT_MACHINE, CELL_KEYS]
    .map((keys) => wordsOf(own, keys))
    .find((some) => all.filter((cell) => isNamed(cell, some)).every(({ id }) => ids.has(id)));
  if (words !== undefined) {
    return [Object.fromEntries(words.map(([key, values]) => [key, [...values]]))];
  }
  const [widest] = wordsOf(own, CELL_KEYS).toSorted(([, one], [, other]) => other.size - one.size);
  if (widest === undefined) return [];
  const [key, values] = widest;
  return [...values].flatMap((value) =>
    coverCells(
      own.filter((cell) => cell[key] === value),
      all,
    ),
  );
}

type Words = readonly (readonly [CellKey, ReadonlySet<string>])[];

function wordsOf(cells: readonly Cell[], keys: readonly CellKey[]): Words {
  return keys.map((key) => [key, new Set(cells.map((cell) => cell[key]))] as const);
}

function isNamed(cell: Cell, words: Words): boolean {
  return words.every(([key, values]) => values.has(cell[key]));
}
