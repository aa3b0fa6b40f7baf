import type { RunReport } from '../../report/schema.ts';
import { type SkipReason, skipReasonsOf } from '../../report/skip-reasons.ts';
import { h } from '../element.ts';
import { formatCount } from '../format.ts';
import { HitList } from './hit-list.ts';
import type { SectionContent } from './section.ts';

/** Each reason once: a reader must be able to see what was not tested, and why. */
export function skipSection(report: RunReport): SectionContent | undefined {
  const reasons = skipReasonsOf(report);
  if (reasons.length === 0) return undefined;
  const [cells, tests] = [true, false].map((isOfCells) =>
    reasons
      .filter((one) => one.isOfCells === isOfCells)
      .reduce((sum, { hits }) => sum + hits.length, 0),
  );
  const parts = [...sayNumber(cells, 'whole cell'), ...sayNumber(tests, 'test')];
  const note = `${parts.join(' and ')}, by reason`;
  return { id: 'skipped', title: 'Skipped', note, body: h(Reasons, { reasons }) };
}

function sayNumber(number = 0, noun: string): readonly string[] {
  return number === 0 ? [] : [`${formatCount(number)} ${noun}${number === 1 ? '' : 's'}`];
}

function Reasons({ reasons }: { readonly reasons: readonly SkipReason[] }) {
  return h(
    'table',
    { class: 'list', 'aria-label': 'Reasons' },
    h(
      'thead',
      null,
      h(
        'tr',
        null,
        h('th', { scope: 'col' }, 'Reason'),
        h('th', { scope: 'col', class: 'amount' }, 'Tests'),
        h('th', { scope: 'col' }, 'Where'),
      ),
    ),
    h(
      'tbody',
      null,
      reasons.map(({ reason, isOfCells, hits }) =>
        h(
          'tr',
          null,
          h('th', { scope: 'row' }, reason),
          h('td', { class: 'amount' }, isOfCells ? 'all' : formatCount(hits.length)),
          h('td', null, h(HitList, { hits, isBrief: true })),
        ),
      ),
    ),
  );
}
