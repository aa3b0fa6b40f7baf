/**
 * The summary's part on expectations: quiet on those that were met, loud on those that were not.
 */

import { count, renderFirst } from '../phrases.ts';
import { unlistedBeside } from '../report/expected.ts';
import type { ExpectationReport, RunReport, TestReport } from '../report/schema.ts';
import { toLine } from '../text.ts';
import { reasonOf } from '../verdict/reason.ts';
import type { Colors } from './paint.ts';
import { renderTestName } from './progress.ts';

const TESTS_SHOWN_MAX = 3;

interface Matched {
  readonly cell: string;
  readonly test: TestReport;
}

/** A paragraph for each expectation that the reader has to act on. */
export function renderUnmet(report: RunReport, colors: Colors): readonly (readonly string[])[] {
  const matched = matchedByLine(report);
  return report.expectations
    .filter(({ status }) => ['not-met', 'expired', 'stale'].includes(status))
    .map((expectation) => [
      `${colors.red(placeOf(report, expectation))}  ${describeExpected(expectation)}`,
      ...describeUnmet(expectation, matched.get(expectation.line) ?? []).map((line) => `  ${line}`),
    ]);
}

/** A line for each expectation that was met: known failures are listed quietly. */
export function renderKnown(report: RunReport, colors: Colors): readonly string[] {
  return report.expectations
    .filter(({ status }) => status === 'met')
    .map((expectation) => {
      const tests = count(expectation.matched, 'test');
      const place = placeOf(report, expectation);
      const what = `known  ${describeExpected(expectation)}`;
      return colors.dim(`${what}: ${tests}, until ${expectation.expires}, ${place}`);
    });
}

function placeOf({ expectationsFile = 'expectations' }: RunReport, { line }: ExpectationReport) {
  return `${expectationsFile}:${line}`;
}

function describeExpected({ outcome, title, signatures = [] }: ExpectationReport): string {
  const what = title ?? signatures.join(' or ');
  return toLine(what === '' ? outcome : `${outcome}  ${what}`);
}

function matchedByLine({ cells }: RunReport): ReadonlyMap<number, readonly Matched[]> {
  const matched = new Map<number, Matched[]>();
  for (const { id: cell, tests } of cells) {
    for (const test of tests) {
      const line = test.judgement?.line;
      if (line === undefined) continue;
      const before = matched.get(line);
      if (before === undefined) matched.set(line, [{ cell, test }]);
      else before.push({ cell, test });
    }
  }
  return matched;
}

function describeUnmet(
  { status, outcome, expires }: ExpectationReport,
  matched: readonly Matched[],
): readonly string[] {
  if (status === 'stale') {
    return ['stale: it matches no test of this run; delete it, or correct its cells and tests'];
  }
  const having = (word: string) => matched.filter(({ test }) => test.judgement?.status === word);
  return [
    ...describe('unexpected pass', `no ${outcome} any more: delete it`, having('unexpected-pass')),
    ...describe('changed', 'a different failure came', having('changed'), foundOf),
    ...describe(
      'expired',
      `accepted until ${expires}: fix it, or set another day`,
      having('expired'),
    ),
    ...describe('not measured', 'neither met nor refuted', having('unmeasured')),
  ];
}

function describe(
  word: string,
  advice: string,
  matched: readonly Matched[],
  detailOf: (test: TestReport) => string = () => '',
): readonly string[] {
  if (matched.length === 0) return [];
  const cells = new Set(matched.map(({ cell }) => cell)).size;
  const names = matched.map(({ test }) => `  ${renderTestName(test)}${detailOf(test)}`);
  return [
    `${word} in ${count(matched.length, 'test')} of ${count(cells, 'cell')}: ${advice}`,
    ...renderFirst([...new Set(names)], TESTS_SHOWN_MAX),
  ];
}

function foundOf(test: TestReport): string {
  const { verdict, signature = '' } = test;
  const also = unlistedBeside(test).map(
    (one) => `, and ${one.class} ${one.signature} ${one.title}`,
  );
  return toLine(`: found ${verdict} ${signature} ${reasonOf(test)}${also.join('')}`);
}
