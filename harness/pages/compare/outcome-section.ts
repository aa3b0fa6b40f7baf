import type { ComponentChildren } from 'preact';
import type { Comparison, DifferenceGroup } from '../../compare/comparison.ts';
import { count } from '../../phrases.ts';
import { h } from '../element.ts';
import { BriefGroup } from './brief-group.ts';
import { ColumnHeads } from './column-cell.ts';
import { FullGroup } from './full-group.ts';
import type { PageContext } from './page-context.ts';

/** What differs, by cause, with the reasons in the margin; what tells less is folded away. */
export function OutcomeSection({
  groups,
  same = [],
  alone,
  context,
}: {
  readonly groups: readonly DifferenceGroup[];
  readonly same: Comparison['same'];
  /** Tests that no other column has. */
  readonly alone: number;
  readonly context: PageContext;
}) {
  const { names } = context;
  const numbered = groups.map((group, index) => ({ group, number: index + 1 }));
  const differing = numbered.filter(({ group }) => group.change !== 'not-comparable');
  const others = numbered.filter(({ group }) => group.change === 'not-comparable');
  const otherTests = sumOf(others.map(({ group }) => group.tests));
  const sameTests = sumOf(same.flatMap(({ places }) => places.map(({ tests }) => tests.length)));
  return h(
    'section',
    { 'aria-labelledby': 'results' },
    h('h2', { id: 'results' }, 'Results'),
    differing.length === 0
      ? h('p', null, 'No test ends differently.')
      : h(
          OutcomeTable,
          { names, label: 'What differs' },
          differing.map((one) => h(FullGroup, { ...one, context })),
        ),
    others.length > 0 &&
      h(
        Fold,
        {
          id: 'not-comparable',
          title: `${count(otherTests, 'test')} not comparable: skipped or not measured in a column`,
        },
        h(
          OutcomeTable,
          { names, label: 'What cannot be compared' },
          others.map(({ group, number }) =>
            h(BriefGroup, { ...group, id: `difference-${number}`, group, context }),
          ),
        ),
      ),
    same.length > 0 &&
      h(
        Fold,
        { id: 'same', title: `${count(sameTests, 'test')} the same` },
        h(
          OutcomeTable,
          { names, label: 'What is the same' },
          same.map(({ outcome, places }) =>
            h(BriefGroup, { outcomes: names.map(() => outcome), places, context }),
          ),
        ),
      ),
    alone > 0 && h('p', { class: 'quiet' }, `${count(alone, 'more test')} in one column alone`),
  );
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

function Fold({
  id,
  title,
  children,
}: {
  readonly id: string;
  readonly title: string;
  readonly children?: ComponentChildren;
}) {
  return h('details', { id, class: 'fold' }, h('summary', null, title), children);
}

function OutcomeTable({
  names,
  label,
  children,
}: {
  readonly names: readonly string[];
  readonly label: string;
  readonly children?: ComponentChildren;
}) {
  return h(
    'table',
    { class: 'wide', 'aria-label': label },
    h(ColumnHeads, { names, first: 'Tests', last: 'Why' }),
    children,
  );
}
