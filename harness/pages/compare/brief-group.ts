import type { DifferenceGroup, Outcome, Place } from '../../compare/comparison.ts';
import { count } from '../../phrases.ts';
import { h } from '../element.ts';
import { FolderLink } from '../folder-link.ts';
import { Name } from '../name.ts';
import { columnCells } from './column-cell.ts';
import { GroupReasons } from './group-reasons.ts';
import { OutcomeMark } from './outcome-mark.ts';
import type { PageContext } from './page-context.ts';
import { TestList } from './test-list.ts';

/** Tests that tell little, in one row; everything about them is folded away. */
export function BriefGroup({
  id,
  title,
  outcomes,
  places,
  group,
  context,
}: {
  readonly id?: string;
  readonly title?: string;
  readonly outcomes: readonly Outcome[];
  readonly places: readonly Place[];
  /** If anything is known of why. */
  readonly group?: DifferenceGroup;
  readonly context: PageContext;
}) {
  const tests = places.reduce((sum, place) => sum + place.tests.length, 0);
  return h(
    'tbody',
    { class: 'group', id },
    h(
      'tr',
      null,
      h(
        'th',
        { scope: 'row', class: 'what' },
        title !== undefined && h('div', { class: 'group-title' }, title),
        h(TestList, { places, openMax: 0, label: count(tests, 'test') }),
        h(
          'details',
          null,
          h('summary', null, count(places.length, 'place')),
          h(
            'ul',
            { class: 'tests' },
            places.map((place) => h(PlaceItem, { place, context })),
          ),
        ),
      ),
      columnCells(outcomes, (outcome) => h(OutcomeMark, { outcome })),
      h('td', { class: 'aside' }, group !== undefined && h(GroupReasons, { group, context })),
    ),
  );
}

function PlaceItem({
  place: { where, cells },
  context: { names, folders, logged },
}: {
  readonly place: Place;
  readonly context: PageContext;
}) {
  const links = cells.map((cell, index) => {
    if (cell === null) return null;
    const folder = logged[index]?.has(cell) === true ? folders[index] : undefined;
    const link = { folder, path: ['cells', cell] };
    return [' ', h(FolderLink, link, names[index])];
  });
  return h('li', null, where !== '' && h(Name, null, where), links);
}
