/** Failures that expectations know of: of each, one for each of its cells and tests. */
import type { TestId } from '../../events.ts';
import { BOOTS } from '../../events.ts';
import type { Expectation } from '../../expectations/expectation.ts';
import { isAboutCell } from '../../expectations/judge.ts';
import { matchesTest } from '../../expectations/test-pattern.ts';
import type { Cell } from '../../matrix/cell.ts';
import { expectedOriginal, type Original } from '../../reproduce/original.ts';
import { rangeOf, type StatedRelease } from './stated-release.ts';

export interface KnownPlaces {
  /** The file of the expectations. */
  readonly file: string;
  readonly expectations: readonly Expectation[];
  /** The cells in question, those that are tried first at the beginning. */
  readonly cells: readonly Cell[];
  readonly testsOf: (cell: Cell) => Promise<readonly TestId[]>;
  /** Decides whether a cell is in a range of kernels; absent: none is. */
  readonly releaseOf?: StatedRelease;
}

/** What is expected of tests of these cells, in the order of the cells. */
export async function expectedFailures(
  places: KnownPlaces,
  isWanted: (cell: Cell, test: TestId, expectation: Expectation) => boolean,
): Promise<readonly Original[]> {
  const { file, expectations, cells, testsOf, releaseOf = () => undefined } = places;
  const originals: Original[] = [];
  for (const cell of cells) {
    const about = expectations.filter((expectation) =>
      isAboutCell(expectation, cell, releaseOf(cell)),
    );
    if (about.length === 0) continue;
    for (const test of [BOOTS, ...(await testsOf(cell))]) {
      const expectation = firstAbout(about, test);
      if (expectation === undefined || !isWanted(cell, test, expectation)) continue;
      const range = rangeOf(expectation.where.kernel, cell, releaseOf);
      const original = expectedOriginal(expectation, { file, cell: cell.id, test, range });
      if (original !== undefined) originals.push(original);
    }
  }
  return originals;
}

/** Of those about a cell. Of several about one test the first counts, as in a run. */
function firstAbout(expectations: readonly Expectation[], test: TestId): Expectation | undefined {
  return expectations.find(
    ({ tests, outcome }) =>
      outcome !== 'nothing-ran' &&
      (tests?.some((pattern) => matchesTest(test, pattern)) ?? test.file !== BOOTS.file),
  );
}
