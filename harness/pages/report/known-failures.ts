import { count } from '../../phrases.ts';
import type { ExpectationReport, RunReport } from '../../report/schema.ts';
import { toLine } from '../../text.ts';
import { h } from '../element.ts';
import { VerdictMark } from '../verdict-mark.ts';

/** Whoever has to act on an expectation that runs out should hear of it this long before. */
const DUE_DAYS = 14;
const DAY_MS = 86_400_000;

/** What went wrong as expected: quiet, unless it is due soon. */
export function KnownFailures({
  report,
  isAlone,
}: {
  readonly report: RunReport;
  /** Nothing else stands in its section. */
  readonly isAlone: boolean;
}) {
  const { expectations, startedAt, expectationsFile = 'expectations' } = report;
  const met = expectations.filter(({ status }) => status === 'met');
  if (met.length === 0) {
    return isAlone
      ? h('p', { class: 'quiet' }, 'No failure was expected of what ran, and none came.')
      : null;
  }
  const listed = met
    .map((expectation) => ({ expectation, left: daysLeft(expectation, startedAt) }))
    .toSorted((one, other) => one.left - other.left);
  const due = listed.filter(({ left }) => left <= DUE_DAYS).length;
  return h(
    'details',
    { class: 'fold known' },
    h(
      'summary',
      null,
      `${count(met.length, 'expectation')} met`,
      due > 0 && h('strong', null, `, ${due === met.length ? '' : `${due} of them `}expiring soon`),
    ),
    h(
      'ul',
      { class: 'rows' },
      listed.map(({ expectation, left }) =>
        h(Known, { expectation, left, place: `${expectationsFile}:${expectation.line}` }),
      ),
    ),
  );
}

/** As of the day of the run: 0 on its last one. */
function daysLeft({ expires }: ExpectationReport, startedAt: string): number {
  return Math.round((Date.parse(expires) - Date.parse(startedAt.slice(0, 10))) / DAY_MS);
}

function Known({
  expectation: { outcome, title, signatures = [], matched, expires, reason, link, owner },
  left,
  place,
}: {
  readonly expectation: ExpectationReport;
  readonly left: number;
  readonly place: string;
}) {
  const isDue = left <= DUE_DAYS;
  const until = isDue ? `expires in ${count(left, 'day')}` : `until ${expires}`;
  return h(
    'li',
    null,
    h(
      'div',
      { class: 'row-head' },
      outcome === 'nothing-ran' ? outcome : h(VerdictMark, { verdict: outcome, isKnown: true }),
      ' ',
      h('span', { class: 'row-title' }, toLine(title ?? signatures.join(' or '))),
      ' ',
      h('span', { class: 'quiet' }, `${count(matched, 'test')} · `),
      h(isDue ? 'strong' : 'span', isDue ? null : { class: 'quiet' }, until),
    ),
    h(
      'div',
      { class: 'quiet' },
      reason,
      link !== undefined && [' · ', h(WebLink, { link })],
      owner !== undefined && ` · ${owner}`,
      ' · ',
      h('code', null, place),
    ),
  );
}

/** Only addresses of the web are links: a file of expectations may come from anybody. */
function WebLink({ link }: { readonly link: string }) {
  return /^https?:\/\//.test(link)
    ? h('a', { href: link, rel: 'noreferrer' }, link)
    : h('span', null, link);
}
