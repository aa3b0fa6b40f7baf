import { count } from '../../phrases.ts';
import { type Problem, problemsOf } from '../../report/problems.ts';
import type { ExpectationReport, RunReport, TestReport } from '../../report/schema.ts';
import { createUnrunCheck } from '../../report/unrun.ts';
import { toLine } from '../../text.ts';
import { h } from '../element.ts';
import { VerdictMark } from '../verdict-mark.ts';
import { Signature } from './changed-section.ts';
import { countHits, HitList } from './hit-list.ts';
import { KnownFailures } from './known-failures.ts';
import { titleOfGroup } from './problem-title.ts';
import type { SectionContent } from './section.ts';

/** What did not come as the expectations say, and is not told as new since the baseline. */
export function expectationSection(report: RunReport): SectionContent {
  const isUnrun = createUnrunCheck(report);
  const problems = problemsOf(report).filter(({ isNew, group }) => !(isNew || isUnrun(group)));
  const refuted = report.interrupted ? refutedLines(report) : undefined;
  const unmet = report.expectations.filter(
    ({ status, line }) =>
      ['expired', 'stale'].includes(status) ||
      (status === 'not-met' && (refuted?.has(line) ?? true)),
  );
  const isClean = problems.length + unmet.length === 0;
  const rows = [
    ...problems.map((problem) => h(ProblemRow, { problem })),
    ...unmet.map((expectation) => h(Unmet, { expectation, report })),
  ];
  return {
    id: 'expected',
    title: titleOf(isClean, report.baseline !== undefined),
    body: [
      !isClean && h('ul', { class: 'rows' }, rows),
      h(KnownFailures, { report, isAlone: isClean }),
    ],
  };
}

/** Of expectations that a result speaks against: what a run that was cut off did not come to says nothing. */
function refutedLines({ cells }: RunReport): ReadonlySet<number> {
  const judgements = cells.flatMap(({ tests }) =>
    tests.flatMap(({ judgement }) => judgement ?? []),
  );
  return new Set(
    judgements.flatMap(({ status, line }) =>
      line === undefined || status === 'unmeasured' || status === 'as-expected' ? [] : [line],
    ),
  );
}

function titleOf(isClean: boolean, isSecond: boolean): string {
  if (isClean) return isSecond ? 'Otherwise as expected' : 'As expected';
  return isSecond ? 'Not new, but not as expected' : 'Not as expected';
}

/** Its evidence is further down. */
function ProblemRow({
  problem: { verdict, group, hits, isExpired },
}: {
  readonly problem: Problem;
}) {
  return h(
    'li',
    { class: 'row-head', 'data-verdict': verdict },
    h(VerdictMark, { verdict }),
    ' ',
    h('span', { class: 'row-title' }, titleOfGroup(group)),
    ' ',
    h(Signature, { signature: group.signature, isOnPage: true }),
    ' ',
    h(
      'span',
      { class: 'quiet' },
      isExpired ? 'its expectation has expired · ' : '',
      countHits(hits),
    ),
  );
}

/** An expectation that somebody has to act on. */
function Unmet({
  expectation,
  report,
}: {
  readonly expectation: ExpectationReport;
  readonly report: RunReport;
}) {
  const { outcome, title, status, line, signatures = [], expires } = expectation;
  const place = `${report.expectationsFile ?? 'expectations'}:${line}`;
  return h(
    'li',
    null,
    h(
      'div',
      { class: 'row-head' },
      h('span', { class: 'change-word' }, status === 'not-met' ? 'not met' : status),
      ' ',
      h('span', { class: 'row-title' }, `${outcome} ${toLine(title ?? signatures.join(' or '))}`),
      ' ',
      h('code', { class: 'signature' }, place),
    ),
    status === 'stale'
      ? h(
          'div',
          { class: 'quiet' },
          'It matches no test of this run: delete it, or correct its cells and tests.',
        )
      : h(UnmetTests, { line, outcome, expires, report }),
  );
}

const KINDS = [
  ['unexpected-pass', 'unexpected pass'],
  ['changed', 'another failure than expected'],
  ['unmeasured', 'not measured, so neither met nor refuted'],
] as const;

function UnmetTests({
  line,
  outcome,
  expires,
  report,
}: Pick<ExpectationReport, 'line' | 'outcome' | 'expires'> & { readonly report: RunReport }) {
  const about = report.cells.flatMap(({ id: cell, tests }) =>
    tests.filter(({ judgement }) => judgement?.line === line).map((test) => ({ cell, test })),
  );
  const having = (status: string): { cell: string; test: TestReport }[] =>
    about.filter(({ test }) => test.judgement?.status === status);
  const expired = having('expired');
  return [
    ...KINDS.flatMap(([status, words]) => {
      const hits = having(status);
      if (hits.length === 0) return [];
      const advice = status === 'unexpected-pass' ? `: no ${outcome} any more, delete it` : '';
      return [
        h('div', { class: 'quiet' }, `${words} in ${count(hits.length, 'test')}${advice}`),
        h(HitList, { hits }),
      ];
    }),
    expired.length > 0 &&
      h(
        'div',
        { class: 'quiet' },
        `${count(expired.length, 'test')} accepted until ${expires}: fix the cause, or set another day`,
      ),
  ];
}
