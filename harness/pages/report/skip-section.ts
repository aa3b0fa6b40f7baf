import type { Hit } from '../../report/problems.ts';
import type { RunReport } from '../../report/schema.ts';
import { h } from '../element.ts';
import { formatCount } from '../format.ts';
import { HitList } from './hit-list.ts';
import type { SectionContent } from './section.ts';

/** Each reason once: a reader must be able to see what was not tested, and why. */
export function skipSection(report: RunReport): SectionContent | undefined {
  const reasons = new Map<string, Hit[]>();
  for (const { id: cell, tests } of report.cells) {
    for (const { verdict, detail, file, title } of tests) {
      if (verdict !== 'skip') continue;
      const reason = detail?.message ?? 'without a reason';
      const hits = reasons.get(reason) ?? [];
      hits.push({ cell, test: { file, title } });
      reasons.set(reason, hits);
    }
  }
  if (reasons.size === 0) return undefined;
  const total = report.totals.skip ?? 0;
  const note = `${formatCount(total)} ${total === 1 ? 'test' : 'tests'}, by reason`;
  return { id: 'skipped', title: 'Skipped', note, body: h(Reasons, { reasons }) };
}

function Reasons({ reasons }: { readonly reasons: ReadonlyMap<string, readonly Hit[]> }) {
  const sorted = [...reasons].sort(([, one], [, other]) => other.length - one.length);
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
      sorted.map(([reason, hits]) =>
        h(
          'tr',
          null,
          h('th', { scope: 'row' }, reason),
          h('td', { class: 'amount' }, formatCount(hits.length)),
          h('td', null, h(HitList, { hits, isBrief: true })),
        ),
      ),
    ),
  );
}
