import type { Change } from '../../compare/changes.ts';
import type { DifferenceGroup, Place } from '../../compare/comparison.ts';
import { count } from '../../phrases.ts';
import { h } from '../element.ts';
import { FolderLink } from '../folder-link.ts';
import { Name } from '../name.ts';
import { columnCells } from './column-cell.ts';
import { GroupReasons } from './group-reasons.ts';
import { OutcomeMark } from './outcome-mark.ts';
import type { PageContext } from './page-context.ts';
import { TestList } from './test-list.ts';

/** More tests than this are folded away. */
const TESTS_OPEN_MAX = 2;

const CHANGE_WORDS: Readonly<Record<Change, string>> = {
  regression: 'regression',
  changed: 'fails differently',
  improvement: 'improvement',
  appeared: 'appeared',
  vanished: 'vanished',
  'not-comparable': 'not comparable',
};

/** Tests that differ in the same way, a row for each place, and why in the margin. */
export function FullGroup({
  group,
  number,
  context,
}: {
  readonly group: DifferenceGroup;
  readonly number: number;
  readonly context: PageContext;
}) {
  const { change, outcomes, title, tests, places } = group;
  const isAlone = places.length === 1 && places[0]?.where === '';
  return h(
    'tbody',
    { class: `group is-${change}`, id: `difference-${number}`, tabIndex: -1 },
    h(
      'tr',
      { class: 'group-head' },
      h(
        'th',
        { scope: 'rowgroup', class: 'what' },
        h('span', { class: 'quiet' }, `${number}. `),
        h('span', { class: 'change' }, CHANGE_WORDS[change]),
        h(
          'span',
          { class: 'quiet' },
          ` ${count(tests, 'test')} in ${count(places.length, 'place')}`,
        ),
        h('div', { class: 'group-title' }, title),
        h(TestList, { places, openMax: TESTS_OPEN_MAX }),
      ),
      columnCells(outcomes, (outcome) => h(OutcomeMark, { outcome })),
      h('td', { class: 'aside', rowSpan: places.length + 1 }, h(GroupReasons, { group, context })),
    ),
    places.map((place) => h(PlaceRow, { place, isAlone, context })),
  );
}

/** Links to the cells of all columns that have the rest in common. */
function PlaceRow({
  place: { where, cells, tests },
  isAlone,
  context,
}: {
  readonly place: Place;
  readonly isAlone: boolean;
  readonly context: PageContext;
}) {
  return h(
    'tr',
    { class: 'place' },
    h(
      'th',
      { scope: 'row', class: 'what' },
      isAlone ? 'the cell itself' : h(Name, null, where),
      h('span', { class: 'quiet' }, ` ${count(tests.length, 'test')}`),
    ),
    columnCells(cells, (cell, index) =>
      cell === null
        ? h('span', { class: 'quiet' }, 'no such cell')
        : h(LogsLink, { cell, column: index, context }),
    ),
  );
}

function LogsLink({
  cell,
  column,
  context: { folders, logged },
}: {
  readonly cell: string;
  readonly column: number;
  readonly context: PageContext;
}) {
  const ofCell = h('span', { class: 'hidden' }, ` of ${cell}`);
  if (logged[column]?.has(cell) !== true) return h('span', { class: 'quiet' }, 'no logs', ofCell);
  return h(FolderLink, { folder: folders[column], path: ['cells', cell] }, 'logs', ofCell);
}
