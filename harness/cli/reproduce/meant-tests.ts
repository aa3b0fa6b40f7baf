/** Which cells and tests a reference means. */
import { UsageError } from '../../errors.ts';
import type { TestId } from '../../events.ts';
import type { Expectation } from '../../expectations/expectation.ts';
import type { Cell, NamedCell } from '../../matrix/cell.ts';
import { CELL_KEYS } from '../../matrix/grid.ts';
import type { Matrix } from '../../matrix/matrix.ts';
import { matcherOf } from '../../matrix/only.ts';
import { quote } from '../../matrix/problem.ts';
import { selectCells } from '../../matrix/select.ts';
import { suggestName } from '../../matrix/suggest.ts';
import { wordsOfTest } from '../../report/reproduce-words.ts';
import type { RunReport } from '../../report/schema.ts';
import { FORMS } from '../../reproduce/forms.ts';
import { type Original, originalsAt, originalsIn } from '../../reproduce/original.ts';
import { type PagePlace, pathOfTest } from '../../reproduce/page-place.ts';
import type { Reference } from '../../reproduce/reference.ts';
import { hasWords } from '../../worker/test-filter.ts';
import type { LoadedExpectations } from '../load-expectations.ts';
import type { expectedFailures } from './expected-failures.ts';

export type FoundIn = Exclude<Reference, { readonly kind: 'bundle' }>;

/** The failures of a run that it means. */
export function originalsOf(
  report: RunReport,
  reference: FoundIn,
  signature?: string,
): readonly Original[] {
  if (reference.kind === 'place') return originalsAt(report, reference.place, signature);
  const { cells, test } = wordsOf(reference);
  const wanted = report.cells.filter(cellFilter(cells, report.cells));
  const ids = new Set(wanted.map(({ id }) => id));
  const isTest = testFilter(
    test,
    wanted.flatMap(({ tests }) => tests),
  );
  return originalsIn(report, signature).filter((one) => ids.has(one.cell) && isTest(one.test));
}

/** Words that are all of a test's name mean that test, and not those whose names have them in them. */
function testFilter(
  words: string | undefined,
  tests: readonly TestId[],
): (test: TestId) => boolean {
  const isExact = (test: TestId): boolean => wordsOfTest(test) === words;
  return tests.some(isExact) ? isExact : (test) => hasWords(test, words);
}

/** Those of the test that a reference names whole, if there is one; else all. */
export function ofNamedTest(
  originals: readonly Original[],
  reference: FoundIn,
): readonly Original[] {
  if (reference.kind === 'place') return originals;
  const { test } = wordsOf(reference);
  const isTest = testFilter(
    test,
    originals.map((one) => one.test),
  );
  return originals.filter((one) => isTest(one.test));
}

function wordsOf(reference: Exclude<FoundIn, { readonly kind: 'place' }>): {
  readonly cells: readonly string[];
  readonly test: string | undefined;
} {
  if (reference.kind === 'name') return { cells: [reference.name], test: undefined };
  return { cells: reference.cells, test: reference.test };
}

/** A whole id means that cell, and not those whose ids have it in them. */
function cellFilter(
  words: readonly string[],
  cells: readonly NamedCell[],
): (cell: NamedCell) => boolean {
  const [only, ...others] = words;
  if (others.length === 0 && cells.some(({ id }) => id === only)) return ({ id }) => id === only;
  const names = new Set(cells.flatMap((cell) => CELL_KEYS.map((key) => cell[key])));
  const matchers = words.map((word) => matcherOf(word, names));
  return (cell) => matchers.every((matches) => matches(cell));
}

type IsWanted = Parameters<typeof expectedFailures>[1];

/** Whether it means what an expectation says of a test. */
export function wantedBy(
  reference: FoundIn,
  named: Expectation | undefined,
  all: readonly Cell[],
): IsWanted {
  if (named !== undefined) return (_cell, _test, expectation) => expectation.line === named.line;
  if (reference.kind === 'place' && reference.place.kind === 'finding') {
    const { signature } = reference.place;
    return (_cell, _test, { signatures = [] }) => signatures.includes(signature);
  }
  return meantBy(reference, all);
}

/** Whether a reference means a test of a cell, whatever is known of it. */
export function meantBy(
  reference: FoundIn,
  all: readonly Cell[],
): (cell: Cell, test: TestId) => boolean {
  if (reference.kind === 'place') return meantAt(reference.place);
  const { cells, test: words } = wordsOf(reference);
  const isCell = cellFilter(cells, all);
  return (cell, test) => isCell(cell) && hasWords(test, words);
}

function meantAt(place: PagePlace): ReturnType<typeof meantBy> {
  switch (place.kind) {
    case 'test':
      return (cell, test) => cell.id === place.cell && pathOfTest(test) === place.path;
    case 'cell':
      return (cell) => cell.id === place.cell;
    case 'finding':
    case 'log':
      // Only the run knows where that was.
      return () => false;
  }
}

/** Throws a UsageError for a word that no cell has. */
export function checkWords(
  reference: Exclude<FoundIn, { readonly kind: 'place' }>,
  matrix: Matrix,
  known: LoadedExpectations,
): void {
  const { cells } = selectCells(matrix, { profile: 'all' });
  const names = new Set(cells.flatMap((cell) => CELL_KEYS.map((key) => cell[key])));
  const { cells: words } = wordsOf(reference);
  const wrong = words.find((word) => !cells.some(matcherOf(word, names)));
  if (wrong === undefined) return;
  const named = known.expectations.flatMap(({ name }) => name ?? []);
  const near = suggestName(wrong, [...named, ...names]);
  const isName = reference.kind === 'name';
  throw new UsageError(
    isName
      ? `there is no expectation with the name ${quote(wrong)}, and no cell of that name`
      : `no cell's id has ${quote(wrong)} in it`,
    {
      code: isName ? 'NAME_UNKNOWN' : 'CELL_UNKNOWN',
      remedy: [
        ...(near === undefined ? [] : [`did you mean ${quote(near)}?`]),
        ...(isName ? knownNames(known) : [`an id is made of names, as in ${cells[0]?.id}`]),
      ].join('\n  '),
    },
  );
}

/** What could be named instead. */
export function knownNames({ file, expectations }: LoadedExpectations): readonly string[] {
  const names = expectations.flatMap(({ name }) => name ?? []);
  return [
    ...(names.length === 0 ? [] : [`${file} has the names ${names.map(quote).join(', ')}`]),
    ...FORMS,
  ];
}
