import type { TestId } from '../../events.ts';
import { count } from '../../phrases.ts';
import type { Hit } from '../../report/problems.ts';
import { h } from '../element.ts';
import { Name } from '../name.ts';
import { cellAddress, linkTo, testAddress } from './addresses.ts';

/** More than these are listed only if the reader asks for it. */
const CELLS_OPEN_MAX = 3;
const HITS_OPEN_MAX = 3;
/** Nobody reads more; each cell has its own. */
const CELLS_LISTED_MAX = 200;
const TESTS_LISTED_MAX = 500;

type PlaceHit = Pick<Hit, 'cell' | 'test'>;

/** The cells that something hit, and within each the tests. */
export function HitList({
  hits,
  isBrief = false,
}: {
  readonly hits: readonly PlaceHit[];
  /** Cells alone, with how many tests each has, and those only if the reader asks for them. */
  readonly isBrief?: boolean;
}) {
  if (!isBrief && hits.length <= HITS_OPEN_MAX) return h(FewHits, { hits });
  const byCell = [...Map.groupBy(hits, ({ cell }) => cell)];
  const tests = hits.flatMap(({ test }) => test ?? []);
  const shown = byCell.slice(0, CELLS_OPEN_MAX);
  const more = byCell.length - shown.length;
  return h(
    'div',
    { class: 'hits' },
    !isBrief &&
      h(
        'ul',
        { class: 'cells' },
        shown.map(([cell]) => h('li', null, h(CellLink, { cell }))),
        more > 0 && h('li', { class: 'quiet' }, `… and ${count(more, 'more cell')}`),
      ),
    (isBrief || tests.length > 0 || more > 0) &&
      h(
        'details',
        null,
        h(
          'summary',
          null,
          isBrief || tests.length === 0
            ? count(byCell.length, 'cell')
            : count(tests.length, 'test'),
        ),
        h(
          'ul',
          { class: 'tests' },
          byCell
            .slice(0, CELLS_LISTED_MAX)
            .map(([cell, own]) => h(isBrief ? CellCount : CellTests, { cell, hits: own })),
        ),
        byCell.length > CELLS_LISTED_MAX &&
          h('p', { class: 'quiet' }, `${byCell.length - CELLS_LISTED_MAX} more cells have it.`),
      ),
  );
}

function FewHits({ hits }: { readonly hits: readonly PlaceHit[] }) {
  return h(
    'ul',
    { class: 'hits plain' },
    hits.map(({ cell, test }) =>
      h(
        'li',
        null,
        h(CellLink, { cell }),
        test !== undefined && [' ', h(TestLink, { cell, test })],
      ),
    ),
  );
}

/** `5 tests in 4 cells`. */
export function countHits(hits: readonly PlaceHit[]): string {
  const cells = count(new Set(hits.map(({ cell }) => cell)).size, 'cell');
  const tests = hits.filter(({ test }) => test !== undefined).length;
  if (tests === 0) return `outside of tests in ${cells}`;
  return tests === hits.length
    ? `${count(tests, 'test')} in ${cells}`
    : `${count(tests, 'test')} and outside of tests in ${cells}`;
}

export function CellLink({ cell }: { readonly cell: string }) {
  return h('a', { href: linkTo(cellAddress(cell)) }, h(Name, null, cell));
}

export function TestLink({ cell, test }: { readonly cell: string; readonly test: TestId }) {
  return h('a', { href: linkTo(testAddress(cell, test)) }, test.title);
}

function CellCount({ cell, hits }: { readonly cell: string; readonly hits: readonly PlaceHit[] }) {
  return h('li', null, h(CellLink, { cell }), ' ', h('span', { class: 'quiet' }, hits.length));
}

function CellTests({ cell, hits }: { readonly cell: string; readonly hits: readonly PlaceHit[] }) {
  return h(
    'li',
    null,
    h(CellLink, { cell }),
    h(
      'ul',
      null,
      hits
        .slice(0, TESTS_LISTED_MAX)
        .map(({ test }) =>
          h('li', null, test === undefined ? 'outside of tests' : h(TestLink, { cell, test })),
        ),
    ),
  );
}
