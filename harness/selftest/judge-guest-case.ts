/** Whether a case ended as it should. Pure: judges a run's report by the expectation. */
import { isDeepStrictEqual } from 'node:util';
import { BOOTS } from '../events.ts';
import type { RunReport, TestReport } from '../report/schema.ts';
import { isCrash } from '../verdict/finding.ts';
import { reasonOf } from '../verdict/reason.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { signatureOfPanic } from './case-expectations.ts';
import type { ExpectedReport, ExpectedTest, GuestCase } from './selftest-case.ts';

export interface Judgement {
  /** The outcome, in one line. */
  readonly got: string;
  /** What was wrong; empty if nothing was. */
  readonly problems: readonly string[];
  /** Whether a guest came up; absent for a case in which none should. */
  readonly hasBooted?: boolean;
}

/** Every other verdict is pinned by a signature. */
const WITHOUT_SIGNATURE: readonly Verdict[] = ['pass', 'skip', 'error', 'miss'];

export function judgeGuestCase(item: GuestCase, report: RunReport): Judgement {
  const { name, until, expected, expectedReport = {} } = item;
  const tests = report.cells.flatMap((cell) => cell.tests);
  const boots = tests.filter(({ file }) => file === BOOTS.file);
  const others = tests.filter(({ file }) => file !== BOOTS.file);
  const test = until === 'boots' ? boots[0] : others[0];
  if (test === undefined) {
    const [first] = boots;
    const got = first === undefined ? 'no test' : describe(first);
    return { got: `boots: ${got}`, problems: [`there is no test ${name}`], hasBooted: false };
  }
  const problems = [
    ...findRunProblems(report),
    ...(until === 'scenario' ? findScenarioProblems(name, boots, others) : []),
    ...findTestProblems(expected, test),
    ...findJudgementProblems(expected, test),
    ...findReportProblems(expectedReport, report),
  ];
  const hasBooted = boots[0]?.verdict === 'pass';
  return { got: describe(test), problems, ...(until === 'scenario' ? { hasBooted } : {}) };
}

export function findRunProblems({ interrupted, cells }: RunReport): readonly string[] {
  return [
    ...(interrupted ? ['the run did not finish'] : []),
    ...cells.flatMap(({ guests }) =>
      guests
        .filter(({ end }) => end === undefined)
        .map(({ number }) => `guest ${number} has no end`),
    ),
  ];
}

function findScenarioProblems(
  name: string,
  boots: readonly TestReport[],
  others: readonly TestReport[],
): readonly string[] {
  const titles = others.map(({ title }) => title);
  return [
    ...(boots[0]?.verdict === 'pass' ? [] : ['the guest did not boot']),
    ...(titles.length === 1 && titles[0]?.endsWith(` › ${name}`)
      ? []
      : [`expected the one test ${name}, found ${titles.join(', ')}`]),
  ];
}

function findTestProblems(expected: ExpectedTest, test: TestReport): readonly string[] {
  const problems: string[] = [];
  const check = (isRight: boolean, problem: string): void => {
    if (!isRight) problems.push(problem);
  };
  const { verdict, findings, signature, detail } = test;
  check(verdict === expected.verdict, `expected ${expected.verdict}, found ${verdict}`);
  const needsSignature = !WITHOUT_SIGNATURE.includes(verdict);
  check((signature !== undefined) === needsSignature, `${verdict} with signature ${signature}`);
  check(test.isFlaky === expected.isFlaky, `flaky: ${test.isFlaky ?? false}`);
  const message = detail?.message ?? '';
  if (expected.message !== undefined) {
    check(expected.message.test(message), `the message is: ${message}`);
  }
  const [primary] = findings.filter(isCrash);
  if (expected.finding === undefined) {
    check(primary === undefined, `an unexpected finding: ${primary?.title}`);
  } else {
    const { class: kind, title } = expected.finding;
    check(primary?.class === kind, `the first finding is of class ${primary?.class}`);
    check(title.test(primary?.title ?? ''), `the first finding is: ${primary?.title}`);
  }
  const wrong = findings.filter((finding) => expected.not?.includes(finding.class));
  check(wrong.length === 0, `unexpected findings: ${wrong.map(({ title }) => title).join('; ')}`);
  return problems;
}

function findJudgementProblems(
  { judgement: expected }: ExpectedTest,
  { judgement }: TestReport,
): readonly string[] {
  if (expected === undefined) return [];
  const status = judgement?.status ?? 'as-expected';
  const unlisted = expected.unlisted.map(signatureOfPanic);
  const found = judgement?.unlisted ?? [];
  return [
    ...problemUnless(
      status === expected.status,
      `expected it to be judged as ${expected.status}, found ${status}`,
    ),
    ...problemUnless(
      isDeepStrictEqual(found, unlisted),
      `expected ${listOf(unlisted)} to be unlisted, found ${listOf(found)}`,
    ),
  ];
}

function findReportProblems(
  { crashes, unconfirmed = [], note, guests }: ExpectedReport,
  report: RunReport,
): readonly string[] {
  const titles = report.crashes.map(({ title }) => title);
  const doubtful = report.cells.flatMap(({ findings }) =>
    findings.filter((loose) => loose.isUnconfirmed).map(({ finding }) => finding.title),
  );
  const notes = report.cells.flatMap((cell) => cell.notes);
  const origins = report.cells.flatMap((cell) => cell.guests.map(({ from }) => from));
  return [
    ...problemUnless(
      crashes === undefined || areAll(titles, crashes),
      `expected the crashes ${listOf(crashes)}, found ${listOf(titles)}`,
    ),
    ...problemUnless(
      areAll(doubtful, unconfirmed),
      `expected the unconfirmed crashes ${listOf(unconfirmed)}, found ${listOf(doubtful)}`,
    ),
    ...problemUnless(
      note === undefined || notes.some((text) => note.test(text)),
      `expected the note ${note}, found ${listOf(notes)}`,
    ),
    ...problemUnless(
      guests === undefined || isDeepStrictEqual(origins, guests),
      `expected guests from ${listOf(guests)}, found ${listOf(origins)}`,
    ),
  ];
}

function areAll(titles: readonly string[], crashes: readonly RegExp[]): boolean {
  return (
    titles.length === crashes.length &&
    crashes.every((crash) => titles.some((title) => crash.test(title)))
  );
}

function problemUnless(isRight: boolean, problem: string): readonly string[] {
  return isRight ? [] : [problem];
}

/** For people. */
function listOf(items: readonly unknown[] = []): string {
  return items.length === 0 ? 'none' : items.join(', ');
}

function describe(test: TestReport): string {
  const { verdict, judgement } = test;
  const reason = reasonOf(test);
  const outcome = judgement?.status === 'changed' ? `${verdict}, changed` : verdict;
  return reason === '' ? outcome : `${outcome}: ${reason}`;
}
