import type { Change } from '../../compare/changes.ts';
import type { Comparison, DifferenceGroup, Outcome, Place } from '../../compare/comparison.ts';
import { countOf } from '../count-of.ts';
import { h } from '../element.ts';
import { FolderLink } from '../folder-link.ts';
import { Name } from '../name.ts';
import { VerdictMark } from '../verdict-mark.ts';
import { ColumnHeads, columnCells } from './column-cell.ts';
import { GroupReasons } from './group-reasons.ts';

/** More tests than this in one place are folded away. */
const TESTS_OPEN_MAX = 4;

interface OutcomeTableProps {
  readonly names: readonly string[];
  readonly groups: readonly DifferenceGroup[];
  readonly same: Comparison['same'];
  readonly folders: readonly (string | undefined)[];
  readonly commandLine: (words: readonly string[]) => string;
}

/** What differs, by cause, with the reasons in the margin; what is the same, if the reader wants it. */
export function OutcomeTable({
  names,
  groups,
  same = [],
  folders,
  commandLine,
}: OutcomeTableProps) {
  return h(
    'section',
    { class: 'outcomes', 'aria-labelledby': 'outcomes' },
    h(
      'div',
      { class: 'section-head' },
      h('h2', { id: 'outcomes' }, 'Results'),
      same.length > 0 &&
        h(
          'label',
          { class: 'switch' },
          h('input', { type: 'checkbox', id: 'all', autocomplete: 'off' }),
          ' show what is the same, too',
        ),
    ),
    groups.length === 0 && h('p', null, 'No test ends differently.'),
    h(
      'table',
      { class: groups.length === 0 ? 'wide same-only' : 'wide', 'aria-labelledby': 'outcomes' },
      h(ColumnHeads, { names, first: 'Tests', last: 'Why' }),
      groups.map((group, index) => h(Group, { group, number: index + 1, folders, commandLine })),
      same.map(({ outcome, places }) => h(SameGroup, { names, outcome, places, folders })),
    ),
  );
}

const CHANGE_WORDS: Readonly<Record<Change, string>> = {
  regression: 'regression',
  changed: 'fails differently',
  improvement: 'improvement',
  appeared: 'appeared',
  vanished: 'vanished',
  'not-comparable': 'not comparable',
};

function Group({
  group,
  number,
  folders,
  commandLine,
}: {
  readonly group: DifferenceGroup;
  readonly number: number;
} & Pick<OutcomeTableProps, 'folders' | 'commandLine'>) {
  const { change, outcomes, title, tests, places } = group;
  return h(
    'tbody',
    { class: `group is-${change}`, id: `difference-${number}`, tabIndex: -1 },
    h(
      'tr',
      { class: 'group-head' },
      h(
        'th',
        { scope: 'rowgroup', class: 'what' },
        h('span', { class: 'change' }, CHANGE_WORDS[change]),
        h('span', { class: 'quiet' }, ` ${countOf(tests, 'test')}`),
        h('div', { class: 'group-title' }, title),
      ),
      columnCells(outcomes, (outcome) => h(OutcomeMark, { outcome })),
      h(
        'td',
        { class: 'aside', rowSpan: places.length + 1 },
        h(GroupReasons, { group, commandLine }),
      ),
    ),
    places.map((place) => h(PlaceRow, { place, folders })),
  );
}

function SameGroup({
  names,
  outcome,
  places,
  folders,
}: {
  readonly names: readonly string[];
  readonly outcome: Outcome;
  readonly places: readonly Place[];
  readonly folders: readonly (string | undefined)[];
}) {
  const tests = places.reduce((sum, place) => sum + place.tests.length, 0);
  return h(
    'tbody',
    { class: 'group is-same' },
    h(
      'tr',
      { class: 'group-head' },
      h(
        'th',
        { scope: 'rowgroup', class: 'what' },
        h('span', { class: 'change' }, 'the same'),
        h('span', { class: 'quiet' }, ` ${countOf(tests, 'test')}`),
      ),
      columnCells(names, () => h(OutcomeMark, { outcome })),
      h('td', { class: 'aside', rowSpan: places.length + 1 }),
    ),
    places.map((place) => h(PlaceRow, { place, folders })),
  );
}

function OutcomeMark({ outcome }: { readonly outcome: Outcome }) {
  switch (outcome.kind) {
    case 'absent':
      return h('span', { class: 'quiet' }, 'no such test');
    case 'verdict': {
      const { verdict, signature } = outcome;
      return [
        h(VerdictMark, { verdict }),
        signature !== undefined && h('div', { class: 'signature' }, h(Name, null, signature)),
      ];
    }
  }
}

/** The same tests in the cells of all columns that have the rest in common. */
function PlaceRow({
  place: { where, cells, tests },
  folders,
}: {
  readonly place: Place;
  readonly folders: readonly (string | undefined)[];
}) {
  return h(
    'tr',
    { class: 'place' },
    h(
      'th',
      { scope: 'row', class: 'what' },
      h(
        'details',
        { open: tests.length <= TESTS_OPEN_MAX },
        h(
          'summary',
          null,
          where === '' ? 'all' : h(Name, null, where),
          h('span', { class: 'quiet' }, ` ${countOf(tests.length, 'test')}`),
        ),
        h(
          'ul',
          { class: 'tests' },
          tests.map(({ file, title }) =>
            h(
              'li',
              null,
              title,
              file !== title && h('div', { class: 'quiet' }, h(Name, null, file)),
            ),
          ),
        ),
      ),
    ),
    columnCells(cells, (cell, index) =>
      cell === null
        ? h('span', { class: 'quiet' }, 'no such cell')
        : h(
            FolderLink,
            { folder: folders[index], path: ['cells', cell] },
            'logs',
            h('span', { class: 'hidden' }, ` of ${cell}`),
          ),
    ),
  );
}
