import { type Place, spanOf } from './document.ts';
import { countCells, coverGrid, type Grid, MOST_CELLS, visitCells } from './grid.ts';
import type { PartialCell } from './matrix.ts';
import type { Problem } from './problem.ts';

/** An item of `exclude`, `include` or `select`; without `part` if it has a fault of its own. */
export interface Item {
  readonly place: Place;
  readonly part?: PartialCell;
}

export interface Items {
  readonly exclude: readonly Item[];
  readonly include: readonly Item[];
  readonly select: readonly Item[];
}

type SoundItem = Required<Item>;

/** Finds items that change nothing. Items with a fault of their own are ignored. */
export function checkEffects(root: Place, grid: Grid, items: Items): readonly Problem[] {
  const count = countCells(grid);
  if (count > MOST_CELLS) {
    const message = `the product of the axes has ${count} cells`;
    const span = spanOf(root.children.get('kernels') ?? root, 'key');
    return [{ code: 'TOO_MANY_CELLS', message, ...span, expected: `at most ${MOST_CELLS}` }];
  }
  const exclude = items.exclude.filter(isSound).filter(isNarrow);
  const include = items.include.filter(isSound).filter(isNarrow);
  const partsOf = (sound: readonly SoundItem[]) => sound.map(({ part }) => part);
  const { kept, idleExcludes, idleIncludes } = coverGrid(grid, partsOf(exclude), partsOf(include));
  // What no machine can start is no cell: taking it out is needless, and no mistake.
  const problems = idleExcludes
    .filter((index) => hasCells(grid, exclude[index]))
    .flatMap((index) =>
      idleItem(exclude[index], 'takes out no cell: the items above take out all that it names'),
    );
  // A faulty item might have removed or restored what the others now seem to miss.
  if (exclude.length < items.exclude.length || include.length < items.include.length) {
    return problems;
  }
  problems.push(
    ...idleIncludes.flatMap((index) => {
      const why = hasCells(grid, include[index])
        ? 'exclude takes out none that it names'
        : NO_MACHINE;
      return idleItem(include[index], `puts back no cell: ${why}`);
    }),
  );
  if (!kept.includes(1)) {
    const span = spanOf(root.children.get('exclude') ?? root, 'key');
    const expected = 'a matrix of one cell or more';
    return [...problems, { code: 'EMPTY', message: 'every cell is excluded', expected, ...span }];
  }
  const idleSelections = items.select.filter(isSound).filter(({ part }) => {
    let isIdle = true;
    visitCells(grid, part, (index) => {
      if (kept[index] === 1) isIdle = false;
    });
    return isIdle;
  });
  problems.push(
    ...idleSelections.flatMap((item) => {
      const why = hasCells(grid, item) ? 'all that it names are excluded' : NO_MACHINE;
      return idleItem(item, `selects no cell: ${why}`);
    }),
  );
  return problems;
}

const NO_MACHINE = 'none of these machines can start any of these kernels';

/** Whether an item is about any cell, excluded or not. */
function hasCells(grid: Grid, item: SoundItem | undefined): boolean {
  let isAny = false;
  if (item !== undefined) {
    visitCells(grid, item.part, () => {
      isAny = true;
    });
  }
  return isAny;
}

function isSound(item: Item): item is SoundItem {
  return item.part !== undefined;
}

/** An item without an axis has been reported already: it would stand for the whole matrix. */
function isNarrow({ part }: SoundItem): boolean {
  return Object.keys(part).length > 0;
}

function idleItem(item: Item | undefined, effect: string): Problem[] {
  if (item === undefined) return [];
  return [{ code: 'NO_EFFECT', message: `this item ${effect}`, ...spanOf(item.place, 'value') }];
}
