/**
 * What the formats of CI services call a test case: a test in a cell, or a crash outside of tests, and
 * what they are told of it.
 */
import type { LastWords } from '../events.ts';
import { isBelieved } from '../report/confirm-crashes.ts';
import { unlistedBeside } from '../report/expected.ts';
import type { CellReport, RunReport, TestReport } from '../report/schema.ts';
import { toLine } from '../text.ts';
import { type Finding, isCrash } from '../verdict/finding.ts';
import { decidingFinding, findingsBeside, reasonOf } from '../verdict/reason.ts';

const NAME_LENGTH_MAX = 300;

export type Case = Pick<TestReport, 'file' | 'title' | 'verdict' | 'durationMs' | 'findings'> &
  Partial<TestReport>;

/**
 * `miss` and `error`: nothing was measured. Everything else bad is a failure of the product. An
 * expected failure is shown as skipped, which turns no job red but stays visible.
 */
export type CaseKind = 'passed' | 'skipped' | 'error' | 'failure';

export function kindOf({
  verdict,
  judgement,
}: Pick<TestReport, 'verdict' | 'judgement'>): CaseKind {
  if (judgement?.status === 'unexpected-pass') return 'failure';
  if (verdict === 'pass') return 'passed';
  if (verdict === 'skip' && judgement === undefined) return 'skipped';
  if (judgement?.status === 'as-expected') return 'skipped';
  return verdict === 'miss' || verdict === 'error' ? 'error' : 'failure';
}

/** An expectation says that this goes wrong, and it does. */
export function isKnown({ verdict, judgement }: Pick<Case, 'verdict' | 'judgement'>): boolean {
  return verdict !== 'skip' && judgement?.status === 'as-expected';
}

/** The tests of a cell, and a case of its own for each crash outside of tests. */
export function casesOf({ tests, findings: loose }: CellReport): readonly Case[] {
  const cases = loose.filter(isBelieved).flatMap(({ guest, finding, isExpected }) =>
    isCrash(finding)
      ? [
          {
            ...(isExpected === true ? { judgement: { status: 'as-expected' as const } } : {}),
            file: looseFile(guest),
            title: finding.title,
            verdict: finding.class,
            signature: finding.signature,
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

/** What stands for the file of a case that is no test: a crash in a guest, outside of tests. */
export function looseFile(guest: number | undefined): string {
  return `guest ${guest ?? '?'}`;
}

/** Expectations that matched nothing: a run with one is red, so they are cases, too. */
export function staleCases({
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

export const STALE_MESSAGE = 'stale: it matches no test of this run';

/**
 * A name for each case, on one line: its file and its titles. Readers take two cases of one name for
 * one, so no name comes twice.
 */
export function namesOf(cases: readonly Case[]): readonly string[] {
  const seen = new Map<string, number>();
  return cases.map(({ file, title }) => {
    const text = file === title ? title : `${file}: ${title}`;
    const name = toLine(text, NAME_LENGTH_MAX) || 'unnamed';
    const number = (seen.get(name) ?? 0) + 1;
    seen.set(name, number);
    return number === 1 ? name : `${name} (${number})`;
  });
}

/** Why a case has its verdict, and what its expectation says. Not yet fit for people: see toLine. */
export function explainCase(test: Case, report: RunReport): string {
  const also = unlistedBeside(test).map(({ title }) => `; also ${title}`);
  return `${describeJudgement(test, report)}${reasonOf(test)}${also.join('')}`;
}

function describeJudgement(
  { judgement, verdict }: Case,
  { expectationsFile = 'expectations' }: RunReport,
): string {
  if (judgement?.line === undefined) return '';
  const { status, line } = judgement;
  const what = status === 'as-expected' ? `known ${verdict}` : status.replace('-', ' ');
  return `${what}, ${expectationsFile}:${line}: `;
}

/**
 * What decided comes first: the finding, else the assertion with its stack. Not yet fit for people:
 * see toPrintable.
 */
export function evidenceOf(test: Case): string {
  const { detail } = test;
  const parts = [
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

/** The folder of the guest that a case ran in, within the run's; undefined if it ran in none. */
export function guestFolderOf({ id }: CellReport, { guest }: Case): string | undefined {
  return guest === undefined ? undefined : `cells/${id}/guest-${guest}`;
}

/**
 * The logs of a case within the run's folder, the most telling one first: of a guest whose agent did not
 * answer that is the picture that was taken of it.
 */
export function logsOf(cell: CellReport, test: Case): readonly string[] {
  const folder = guestFolderOf(cell, test);
  if (folder === undefined) return [];
  const names = ['console', 'agent-stderr', 'agent-stdout'];
  const source = sourceOf(decidingFinding(test)) ?? test.detail?.lastWords?.source ?? 'console';
  const logs = [source, ...names.filter((name) => name !== source)].map((name) => `${name}.log`);
  const hasPicture = test.verdict === 'hang' && test.detail?.call !== undefined;
  const files = hasPicture ? ['picture.txt', ...logs] : logs;
  return files.map((file) => `${folder}/${file}`);
}

/** The log that a finding stands in; init and QEMU have none of their own. */
function sourceOf(finding: Finding | undefined): string | undefined {
  const isLogged = finding?.source.startsWith('agent-') === true || finding?.source === 'console';
  return isLogged ? finding?.source : undefined;
}
