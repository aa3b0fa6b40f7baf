/**
 * junit.xml. Our own code: libraries for it let control characters through, which makes the whole
 * file unreadable to every consumer, or cannot tell kinds of failures apart. Only elements and
 * attributes that strict readers (Jenkins' junit-10.xsd) accept.
 */
import type { LastWords } from '../events.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { isBelieved } from '../report/confirm-crashes.ts';
import { unlistedBeside } from '../report/expected.ts';
import type { CellReport, RunReport, TestReport } from '../report/schema.ts';
import { describeUnlisted } from '../report/unlisted.ts';
import { cut, toLine, toPrintable } from '../text.ts';
import { isCrash } from '../verdict/finding.ts';
import { decidingFinding, findingsBeside, reasonOf } from '../verdict/reason.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { describeCached } from './cached.ts';
import type { ReportFormat } from './format.ts';

export const junitFormat: ReportFormat = {
  name: 'junit',
  file: 'junit.xml',
  description: 'tests as CI services read them',
  pieces: junitPieces,
};

const TEXT_LENGTH_MAX = 16_384;
const NAME_LENGTH_MAX = 300;
const MESSAGE_LENGTH_MAX = 500;

type Case = Pick<TestReport, 'file' | 'title' | 'verdict' | 'durationMs' | 'findings'> &
  Partial<TestReport>;

/**
 * `miss` and `error`: nothing was measured. Everything else bad is a failure of the product. An
 * expected failure is shown as skipped, which turns no job red but stays visible.
 */
function kindOf({ verdict, judgement }: Case): 'passed' | 'skipped' | 'error' | 'failure' {
  if (judgement?.status === 'unexpected-pass') return 'failure';
  if (verdict === 'pass') return 'passed';
  if (verdict === 'skip' && judgement === undefined) return 'skipped';
  if (judgement?.status === 'as-expected') return 'skipped';
  return verdict === 'miss' || verdict === 'error' ? 'error' : 'failure';
}

export function renderJunit(report: RunReport): string {
  return [...junitPieces(report)].join('');
}

/** One piece per cell: the whole may be more than a string can hold. */
function* junitPieces(report: RunReport): Generator<string> {
  const name = `kernel-matrix ${attribute(report.run)}`;
  const stale = staleCases(report);
  const total = emptyCounts();
  for (const cell of report.cells) countCases(casesOf(cell), total);
  countCases(stale, total);
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield `<testsuites name="${name}" ${renderCounts(total)}>\n`;
  for (const cell of report.cells) yield `${renderSuite(cell, report)}\n`;
  if (stale.length > 0) yield `${renderStale(stale).join('\n')}\n`;
  yield '</testsuites>\n';
}

/** The tests of a cell, and a case of its own for each crash outside of tests. */
function casesOf({ tests, findings: loose }: CellReport): readonly Case[] {
  const cases = loose.filter(isBelieved).flatMap(({ guest, finding, isExpected }) =>
    isCrash(finding)
      ? [
          {
            ...(isExpected === true ? { judgement: { status: 'as-expected' as const } } : {}),
            file: `guest ${guest}`,
            title: finding.title,
            verdict: finding.class,
            durationMs: 0,
            guest,
            detail: { message: finding.title },
            findings: [finding],
          },
        ]
      : [],
  );
  return [...tests, ...cases];
}

/** Expectations that matched nothing, as cases of a suite of their own. */
function staleCases({
  expectations,
  expectationsFile = 'expectations',
}: RunReport): readonly Case[] {
  return expectations
    .filter(({ status }) => status === 'stale')
    .map(({ line, outcome, title = '' }) => ({
      file: expectationsFile,
      title: `${expectationsFile}:${line} ${outcome} ${title}`,
      verdict: 'fail',
      durationMs: 0,
      findings: [],
    }));
}

function renderStale(cases: readonly Case[]): readonly string[] {
  const message = 'stale: it matches no test of this run';
  return [
    `  <testsuite name="expectations" ${countsOf(cases)}>`,
    ...cases.map(({ title }) => {
      const name = attribute(toLine(title, NAME_LENGTH_MAX));
      const open = `    <testcase classname="expectations" name="${name}" time="0.000"`;
      return `${open}><failure type="stale-expectation" message="${message}"/></testcase>`;
    }),
    '  </testsuite>',
  ];
}

function renderSuite(cell: CellReport, report: RunReport): string {
  const cases = casesOf(cell);
  return [
    `  <testsuite name="${attribute(cell.id)}" ${countsOf(cases)}>`,
    renderProperties(cell, report),
    ...cases.map((test) => renderCase(cell, test, report)),
    '  </testsuite>',
  ].join('\n');
}

/** Readers know properties of a suite, but not of a case. */
function renderProperties(
  { tests, machine, agentKind, kernel }: CellReport,
  { kernels }: RunReport,
): string {
  const used = kernels.find(({ name }) => name === kernel);
  const values = {
    machine,
    'agent-kind': agentKind,
    ...omitUndefined({
      cached: describeCached(tests),
      unlisted: used && describeUnlisted(used),
    }),
  };
  const properties = Object.entries(values).map(
    ([name, value]) => `<property name="${name}" value="${attribute(value)}"/>`,
  );
  return `    <properties>${properties.join('')}</properties>`;
}

function renderCase(cell: CellReport, test: Case, report: RunReport): string {
  const { file, title, verdict, durationMs, judgement } = test;
  const kind = kindOf(test);
  const name = toLine(file === title ? title : `${file}: ${title}`, NAME_LENGTH_MAX);
  const names = `classname="${classNameOf(cell)}" name="${attribute(name)}"`;
  const open = `    <testcase ${names} time="${seconds(durationMs)}"`;
  if (kind === 'passed') return `${open}/>`;
  const said = describeJudgement(judgement, verdict, report);
  const also = unlistedBeside(test).map(({ title }) => `; also ${title}`);
  const why = `${said}${reasonOf(test)}${also.join('')}`;
  const message = attribute(toLine(why, MESSAGE_LENGTH_MAX));
  if (kind === 'skipped') return `${open}><skipped message="${message}"/></testcase>`;
  const body = text(bodyOf(cell, test));
  const type = judgement?.status === 'unexpected-pass' ? judgement.status : verdict;
  return `${open}><${kind} type="${type}" message="${message}">${body}</${kind}></testcase>`;
}

/** Readers show the parts between dots as levels of a tree; some show only this name of a cell. */
function classNameOf({ kernel, config, cgroup, agent }: CellReport): string {
  return attribute([kernel, config, cgroup, agent].join('.'));
}

function describeJudgement(
  judgement: TestReport['judgement'],
  verdict: Verdict,
  { expectationsFile = 'expectations' }: RunReport,
): string {
  if (judgement?.line === undefined) return '';
  const { status, line } = judgement;
  const what = status === 'as-expected' ? `known ${verdict}` : status.replace('-', ' ');
  return `${what}, ${expectationsFile}:${line}: `;
}

/** What decided comes first: the finding, else the assertion with its stack. */
function bodyOf({ id }: CellReport, test: Case): string {
  const { guest, detail } = test;
  const parts = [
    guest === undefined ? undefined : `logs: cells/${id}/guest-${guest}/`,
    decidingFinding(test)?.excerpt,
    detail?.text,
    detail?.lastWords === undefined ? undefined : sayLastWords(detail.lastWords),
    ...findingsBeside(test).map(({ title, excerpt }) => `also seen: ${title}\n${excerpt}`),
  ];
  return parts.filter((part) => part !== undefined).join('\n\n');
}

function sayLastWords({ source, lines }: LastWords): string {
  return [`${source}.log says last:`, ...lines.map((line) => `  ${line}`)].join('\n');
}

interface Counts {
  readonly kinds: Record<ReturnType<typeof kindOf>, number>;
  tests: number;
  durationMs: number;
}

function emptyCounts(): Counts {
  return { kinds: { passed: 0, skipped: 0, error: 0, failure: 0 }, tests: 0, durationMs: 0 };
}

function countCases(cases: readonly Case[], counts: Counts): void {
  for (const test of cases) {
    counts.kinds[kindOf(test)] += 1;
    counts.tests += 1;
    counts.durationMs += test.durationMs;
  }
}

function countsOf(cases: readonly Case[]): string {
  const counts = emptyCounts();
  countCases(cases, counts);
  return renderCounts(counts);
}

function renderCounts({ kinds, tests, durationMs }: Counts): string {
  return [
    `tests="${tests}"`,
    `failures="${kinds.failure}"`,
    `errors="${kinds.error}"`,
    `skipped="${kinds.skipped}"`,
    `time="${seconds(durationMs)}"`,
  ].join(' ');
}

/** Readers reject exponents, which JavaScript writes for small numbers. */
function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function text(value: string): string {
  return cut(toPrintable(value.slice(0, 2 * TEXT_LENGTH_MAX)), TEXT_LENGTH_MAX)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

function attribute(value: string): string {
  return text(value)
    .replaceAll('"', '&quot;')
    .replaceAll(/[\n\t]/g, ' ');
}
