import type { DifferenceGroup, Reason } from '../../compare/comparison.ts';
import { h } from '../element.ts';
import { CauseLine } from './cause-line.ts';
import { ColumnHeads, columnCells } from './column-cell.ts';
import { countsOf, reasonAddress } from './reason-words.ts';

/** Every reason once, with its state in each column and what it may explain. */
export function ReasonTable({
  names,
  groups,
}: {
  readonly names: readonly string[];
  readonly groups: readonly DifferenceGroup[];
}) {
  const reasons = gather(groups);
  if (reasons.length === 0) return null;
  return h(
    'section',
    { 'aria-labelledby': 'reasons' },
    h('h2', { id: 'reasons' }, 'Reasons'),
    h(
      'table',
      { class: 'wide', 'aria-labelledby': 'reasons' },
      h(ColumnHeads, { names, first: 'Reason', last: 'Evidence' }),
      h(
        'tbody',
        null,
        reasons.map((gathered) => h(ReasonRow, gathered)),
      ),
    ),
  );
}

interface GatheredReason {
  readonly reason: Reason;
  /** Numbers of the groups that it may explain. */
  readonly explains: readonly number[];
}

function gather(groups: readonly DifferenceGroup[]): readonly GatheredReason[] {
  const hits = groups.flatMap(({ reasons }, index) =>
    reasons.map((reason) => ({ reason, number: index + 1 })),
  );
  const alike = Map.groupBy(hits, ({ reason }) => reasonAddress(reason));
  return [...alike.values()].flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : [
          {
            reason: first.reason,
            explains: [first, ...others].map(({ number }) => number),
          },
        ],
  );
}

const BASES: Readonly<Record<Reason['basis'], string>> = {
  tried: 'tried in the guests',
  needs: 'from the table of needs',
  separates: 'separates the results; nothing else is known of it',
};

function ReasonRow({ reason, explains }: GatheredReason) {
  const { text, states, basis, causes } = reason;
  return h(
    'tr',
    { id: reasonAddress(reason) },
    h(
      'th',
      { scope: 'row', class: 'what' },
      text,
      causes.map((cause) => h(CauseLine, { cause })),
    ),
    columnCells(states, (state) =>
      state === null ? h('span', { class: 'quiet' }, 'not known or mixed') : h('code', null, state),
    ),
    h(
      'td',
      { class: 'aside' },
      h('div', null, countsOf(reason)),
      h('div', { class: 'quiet' }, BASES[basis]),
      h(
        'div',
        null,
        'may explain ',
        explains.map((number, index) => [
          index > 0 && ', ',
          h('a', { href: `#difference-${number}` }, `difference ${number}`),
        ]),
      ),
    ),
  );
}
