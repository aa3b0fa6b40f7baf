import { relative } from 'node:path';
import type { Colors } from '../reporters/paint.ts';
import { renderTable } from '../reporters/table.ts';
import { toLine } from '../text.ts';
import { describeExpected } from './run-selftest.ts';
import type { CaseResult, SelftestCase } from './selftest-case.ts';

const EXPECTED_WIDTH = 'agent-panic, changed'.length;
const GOT_LENGTH_MAX = 63;

/** A line for a case that has ended, and one for each problem. */
export function renderResult(result: CaseResult, colors: Colors): string {
  const seconds = `${(result.durationMs / 1000).toFixed(1)} s`.padStart(7);
  const head = `${result.case.name.padEnd(26)} ${result.expected.padEnd(EXPECTED_WIDTH)}`;
  if (result.state === 'not tried') {
    return `${colors.yellow('not tried')} ${head} ${toLine(result.reason)}\n`;
  }
  const paint = result.state === 'ok' ? colors.green : colors.red;
  const got = cut(toLine(result.got));
  const lines = [`${paint(result.state.padEnd(9))} ${head} ${seconds}  ${got}`];
  const folder = relative(process.cwd(), result.folder);
  for (const problem of result.problems) lines.push(`          ${toLine(problem)}`);
  if (result.state === 'WRONG') lines.push(`          logs: ${folder}`);
  return `${lines.join('\n')}\n`;
}

/** How many cases ended in which state. */
export function renderTotals(results: readonly CaseResult[]): string {
  const count = (state: CaseResult['state']): number =>
    results.filter((result) => result.state === state).length;
  return `${count('ok')} ok, ${count('WRONG')} wrong, ${count('not tried')} not tried`;
}

/** The list of cases, for `--list`. */
export function renderCases(cases: readonly SelftestCase[]): string {
  const rows = cases.map((item) => [
    item.name,
    describeExpected(item),
    item.isExtra ? '--all' : '',
    item.breaks,
  ]);
  return `${renderTable(rows).join('\n')}\n`;
}

function cut(text: string): string {
  return text.length <= GOT_LENGTH_MAX ? text : `${text.slice(0, GOT_LENGTH_MAX - 1)}…`;
}
