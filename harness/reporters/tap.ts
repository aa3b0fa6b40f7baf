/**
 * TAP version 14 (testanything.org): a subtest for each cell. Our own code: what npm has prints the tests of
 * the process that it runs in.
 */

import { createChangeLookup } from '../report/change-lookup.ts';
import { headlineOf } from '../report/headline.ts';
import type { RunReport } from '../report/schema.ts';
import { cut, toLine, toPrintable } from '../text.ts';
import {
  type Case,
  casesOf,
  evidenceOf,
  explainCase,
  isKnown,
  kindOf,
  logsOf,
  namesOf,
  STALE_MESSAGE,
  staleCases,
} from './cases.ts';
import { FORMATS, type FormatContext, type ReportFormat } from './format.ts';

const MESSAGE_LENGTH_MAX = 500;
const TEXT_LENGTH_MAX = 4096;
const INDENT = '    ';

export const tapFormat: ReportFormat = {
  name: 'tap',
  ...FORMATS.tap,
  pieces: tapPieces,
};

function* tapPieces(report: RunReport, context: FormatContext): Generator<string> {
  const stale = staleCases(report);
  const changeOf = createChangeLookup(report);
  yield 'TAP version 14\n';
  yield `# ${plain(headlineOf(report), MESSAGE_LENGTH_MAX)}\n`;
  yield `# run ${plain(report.run)}, profile ${plain(report.profile)}\n`;
  yield `1..${report.cells.length + (stale.length > 0 ? 1 : 0)}\n`;
  for (const [index, cell] of report.cells.entries()) {
    const cases = casesOf(cell);
    const names = namesOf(cases);
    yield* subtestPieces(
      index + 1,
      cell.id,
      cases.map((test, at) => {
        const change = changeOf(cell.id, test);
        const logs = logsOf(cell, test).map((log) => `${context.folder}/${log}`);
        return { test, name: names[at] ?? '', change, logs, why: explainCase(test, report) };
      }),
    );
  }
  if (stale.length === 0) return;
  const named = stale.map((test) => ({ test, name: test.title, logs: [], why: STALE_MESSAGE }));
  yield* subtestPieces(report.cells.length + 1, 'expectations', named);
}

interface NamedCase {
  readonly test: Case;
  readonly name: string;
  /** What it says of itself, before it is fit for people. */
  readonly why: string;
  readonly logs: readonly string[];
  readonly change?: string | undefined;
}

function* subtestPieces(
  number: number,
  title: string,
  cases: readonly NamedCase[],
): Generator<string> {
  const isOk = cases.every(({ test }) => isOkay(test));
  yield `# Subtest: ${description(title)}\n`;
  yield cases.map((one, index) => inner(testLines(index + 1, one))).join('');
  yield `${INDENT}1..${cases.length}\n`;
  yield `${isOk ? 'ok' : 'not ok'} ${number} - ${description(title)}\n`;
}

/** A failure that was expected is a TODO, which consumers do not count as a failure. */
function isOkay(test: Case): boolean {
  const kind = kindOf(test);
  return kind === 'passed' || kind === 'skipped';
}

function testLines(number: number, one: NamedCase): readonly string[] {
  const { test, name, why } = one;
  const kind = kindOf(test);
  const reason = plain(why, MESSAGE_LENGTH_MAX);
  if (kind === 'passed') return [`ok ${number} - ${description(name)}`];
  if (isKnown(test))
    return [`not ok ${number} - ${description(name)} # TODO ${escapeHash(reason)}`];
  if (kind === 'skipped')
    return [`ok ${number} - ${description(name)} # SKIP ${escapeHash(reason)}`];
  return [`not ok ${number} - ${description(name)}`, ...diagnosis(one, reason)];
}

/** YAML, indented by two (TAP 14, "YAML Diagnostics"). Texts on one line are JSON, which is YAML, too. */
function diagnosis({ test, change, logs }: NamedCase, reason: string): readonly string[] {
  const { verdict, judgement, signature, durationMs } = test;
  const isPass = judgement?.status === 'unexpected-pass';
  const evidence = printable(evidenceOf(test));
  return [
    '  ---',
    `  verdict: ${isPass ? 'unexpected pass' : verdict}`,
    `  message: ${JSON.stringify(reason)}`,
    ...(signature === undefined ? [] : [`  signature: ${JSON.stringify(plain(signature))}`]),
    ...(change === undefined ? [] : [`  change: ${change}`]),
    `  duration_ms: ${Math.round(durationMs)}`,
    ...(logs.length === 0 ? [] : ['  logs:']),
    ...logs.map((log) => `    - ${JSON.stringify(toPrintable(log))}`),
    ...(evidence === ''
      ? []
      : ['  evidence: |2-', ...evidence.split('\n').map((line) => `    ${line}`)]),
    '  ...',
  ];
}

function inner(lines: readonly string[]): string {
  return lines.map((line) => `${INDENT}${line}\n`).join('');
}

/** What follows `#` would be a directive. */
function description(text: string): string {
  return escapeHash(plain(text));
}

function escapeHash(line: string): string {
  return line.replaceAll('\\', '\\\\').replaceAll('#', '\\#');
}

function plain(text: string, lengthMax = 300): string {
  return toLine(text, lengthMax);
}

function printable(text: string): string {
  return cut(toPrintable(text.slice(0, 2 * TEXT_LENGTH_MAX)), TEXT_LENGTH_MAX).trimEnd();
}
