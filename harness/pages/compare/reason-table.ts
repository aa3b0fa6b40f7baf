import type { DifferenceGroup, Reason } from '../../compare/comparison.ts';
import { describeEvidence } from '../../compare/phrases.ts';
import { h } from '../element.ts';
import { reasonAddress } from './addresses.ts';
import { CauseList } from './cause-list.ts';
import { ColumnHeads, columnCells } from './column-cell.ts';
import type { PageContext } from './page-context.ts';

/** Every reason once, with its state in each column and what it may explain. */
export function ReasonTable({
  groups,
  context: { names, symbols },
}: {
  readonly groups: readonly DifferenceGroup[];
  readonly context: PageContext;
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
        reasons.map((gathered) => h(ReasonRow, { ...gathered, symbols })),
      ),
    ),
  );
}

interface GatheredReason {
  readonly reason: Reason;
  /** The first group that it may explain. */
  readonly group: DifferenceGroup;
  /** Numbers of all of them. */
  readonly explains: readonly number[];
}

function gather(groups: readonly DifferenceGroup[]): readonly GatheredReason[] {
  const hits = groups.flatMap((group, index) =>
    group.reasons.map((reason) => ({ reason, group, number: index + 1 })),
  );
  const alike = Map.groupBy(hits, ({ reason }) => reasonAddress(reason));
  return [...alike.values()].flatMap((same) =>
    same.slice(0, 1).map(({ reason, group }) => ({
      reason,
      group,
      explains: same.map(({ number }) => number),
    })),
  );
}

const BASES: Readonly<Record<Reason['basis'], string>> = {
  tried: 'tried in the guests',
  needs: 'from the table of needs',
  separates: 'separates the results; nothing else is known of it',
};

function ReasonRow({
  reason,
  group,
  explains,
  symbols,
}: GatheredReason & Pick<PageContext, 'symbols'>) {
  const { text, states, basis, causes } = reason;
  return h(
    'tr',
    { id: reasonAddress(reason) },
    h('th', { scope: 'row', class: 'what' }, text, h(CauseList, { causes, symbols })),
    columnCells(states, (state) =>
      state === null ? h('span', { class: 'quiet' }, 'not known or mixed') : h('code', null, state),
    ),
    h(
      'td',
      { class: 'aside' },
      describeEvidence(reason, group),
      h('div', { class: 'quiet' }, BASES[basis]),
      h(
        'div',
        { class: 'quiet' },
        'for ',
        explains.map((number, index) => [
          index > 0 && ', ',
          h('a', { href: `#difference-${number}` }, `no. ${number}`),
        ]),
      ),
    ),
  );
}
