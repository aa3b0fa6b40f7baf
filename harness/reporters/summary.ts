/**
 * What is left on the terminal when a run is over: the table, each crash once, what else went
 * wrong, what was not looked at, and the exit code with its reason.
 */

import { countRepeatedMisses } from '../report/attempts.ts';
import { isAsExpected, newLooseCrashes } from '../report/expected.ts';
import { hitOf } from '../report/group.ts';
import { outcomeOf } from '../report/outcome.ts';
import type { CellReport, CrashReport, RunReport, TestReport } from '../report/schema.ts';
import { toLine } from '../text.ts';
import { decidingFinding, findingsBeside, reasonOf } from '../verdict/reason.ts';
import { isGood, VERDICTS, type Verdict } from '../verdict/verdict.ts';
import { describeCached } from './cached.ts';
import { type Colors, paintVerdict } from './paint.ts';
import { count, renderFirst } from './phrases.ts';
import { renderElapsed, renderTestName, renderTotals } from './progress.ts';
import { renderKnown, renderUnmet } from './summary-expectations.ts';
import { renderNotes } from './summary-notes.ts';
import { describeOutcome } from './summary-outcome.ts';
import { renderTable, widthOf } from './table.ts';

export interface SummaryOptions {
  readonly colors: Colors;
  /** Columns of the terminal. */
  readonly width: number;
  /** The run's folder, as the user would name it. */
  readonly folder: string;
  /** The command that goes on with the run. */
  readonly resume: string;
}

/** Nobody reads on in a longer table; what went wrong in its cells is told below it. */
const ROWS_SHOWN_MAX = 200;
const GROUPS_SHOWN_MAX = 20;
const CELLS_SHOWN_MAX = 2;
const TESTS_SHOWN_MAX = 3;
const BESIDE_SHOWN_MAX = 3;
const REASONS_SHOWN_MAX = 10;
const MESSAGE_LENGTH_MAX = 500;

export function renderSummary(report: RunReport, options: SummaryOptions): string {
  const { colors, folder } = options;
  const groups = groupBadTests(report.cells);
  const others = groups.slice(0, GROUPS_SHOWN_MAX).map((group) => renderGroup(group, options));
  const hidden = groups.length - others.length;
  const sections = [
    renderCells(report.cells, options),
    ...report.crashes.map((crash) => renderCrash(crash, options)),
    ...others,
    ...renderUnmet(report, colors),
    hidden > 0 ? [`… and ${hidden} more: see ${folder}/report.json`] : [],
    renderFlaky(report, colors),
    renderKnown(report, colors),
    renderSkips(report, colors),
    renderNotes(report, colors),
    renderEnd(report, options),
  ];
  const shown = sections.filter((lines) => lines.length > 0);
  return `${shown.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** A row for each kernel and config, or if that is too wide for each cell; only so many of them. */
function renderCells(
  cells: readonly CellReport[],
  { colors, width, folder }: SummaryOptions,
): readonly string[] {
  const columns = [...new Set(cells.map(columnOf))];
  const byRow = Map.groupBy(cells, rowOf);
  const [rows, more] = firstRows([...byRow]);
  const table = renderTable([
    ['', ...columns].map((title) => colors.bold(title)),
    ...rows.map(([row, inRow]) => {
      const byColumn = new Map(inRow.map((cell) => [columnOf(cell), cell]));
      const verdicts = columns.map((column) => {
        const cell = byColumn.get(column);
        return cell === undefined ? colors.dim('–') : renderVerdict(cell, colors);
      });
      return [row, ...verdicts];
    }),
  ]);
  if (widthOf(table) <= width) return [...table, ...renderMore(more, 'row', folder)];
  const [shown, others] = firstRows(cells);
  const list = renderTable(shown.map((cell) => [cell.id, renderVerdict(cell, colors)]));
  return [...list, ...renderMore(others, 'cell', folder)];
}

function rowOf({ kernel, config }: CellReport): string {
  return config === 'default' ? kernel : `${kernel} ${config}`;
}

function columnOf({ cgroup, agent }: CellReport): string {
  return `${cgroup} ${agent}`;
}

function firstRows<T>(rows: readonly T[]): readonly [readonly T[], number] {
  const shown = rows.slice(0, ROWS_SHOWN_MAX);
  return [shown, rows.length - shown.length];
}

function renderMore(more: number, noun: string, folder: string): readonly string[] {
  return more === 0 ? [] : [`… and ${count(more, noun)} more: see ${folder}/report.json`];
}

/** `pass 12`, or for anything bad how many of the tests that ran had the worst verdict. */
function renderVerdict(cell: CellReport, colors: Colors): string {
  const { verdict, totals, tests } = cell;
  const ran = VERDICTS.reduce((sum, word) => sum + (totals[word] ?? 0), 0) - (totals.skip ?? 0);
  const number = totals[verdict] ?? 0;
  const bad = number === 0 ? '' : ` ${number}/${ran}`;
  const text = `${verdict}${isGood(verdict) ? ` ${number}` : bad}`;
  const isKnown = tests.every(isAsExpected) && newLooseCrashes(cell).length === 0;
  if (isKnown && !isGood(verdict)) return colors.yellow(`${text} known`);
  return paintVerdict(colors, verdict, text);
}

/** Nothing of a crash that came as expected: known ones have a line each, further down. */
function renderCrash(crash: CrashReport, { colors, folder }: SummaryOptions): readonly string[] {
  const { class: kind, title, source, signature, kernelLived } = crash;
  const hits = crash.hits.filter(({ isExpected }) => isExpected !== true);
  if (hits.length === 0) return [];
  const log = source === 'agent-stderr' || source === 'agent-stdout' ? source : 'console';
  const isSurvivable = kind === 'agent-panic' || kind === 'kernel-oops';
  const kernel = isSurvivable && kernelLived ? '; the kernel lived on' : '';
  const [first] = hits;
  return [
    `${paintVerdict(colors, kind, kind)}  ${colors.bold(toLine(title))}  ${colors.dim(signature)}`,
    `  ${renderCount(hits)}${kernel}: ${renderCellNames(hits)}`,
    ...renderTests(hits, colors),
    ...(first === undefined ? [] : [`  ${logPath(folder, first, `${log}.log`)}`]),
  ];
}

type Hit = CrashReport['hits'][number];

/** Bad tests that no crash explains, with the same verdict for the same reason. */
interface BadGroup {
  readonly verdict: Verdict;
  readonly message: string;
  readonly hits: Hit[];
  /** Titles of what was found beside the reason. */
  readonly beside: Set<string>;
}

function groupBadTests(cells: readonly CellReport[]): readonly BadGroup[] {
  const groups = new Map<string, BadGroup>();
  for (const { id: cell, tests } of cells) {
    for (const test of tests.filter(isBadWithoutCrash)) {
      const { verdict } = test;
      const message = reasonOf(test);
      const key = JSON.stringify([verdict, message]);
      const group = groups.get(key) ?? { verdict, message, hits: [], beside: new Set() };
      group.hits.push(hitOf(cell, test));
      for (const { title } of findingsBeside(test)) group.beside.add(title);
      groups.set(key, group);
    }
  }
  return [...groups.values()].sort(
    (one, other) => VERDICTS.indexOf(one.verdict) - VERDICTS.indexOf(other.verdict),
  );
}

function isBadWithoutCrash(test: TestReport): boolean {
  return !isGood(test.verdict) && !isAsExpected(test) && decidingFinding(test) === undefined;
}

function renderGroup(
  { verdict, message, hits, beside }: BadGroup,
  { colors, folder }: SummaryOptions,
): readonly string[] {
  const title = message === '' ? 'without a message' : toLine(message, MESSAGE_LENGTH_MAX);
  const first = hits.find(({ guest }) => guest !== undefined);
  const file = verdict === 'hang' ? 'picture.txt' : '';
  return [
    `${paintVerdict(colors, verdict, verdict)}  ${colors.bold(title)}`,
    `  ${renderCount(hits)}: ${renderCellNames(hits)}`,
    ...renderTests(hits, colors),
    ...renderBeside(beside, colors),
    ...(first === undefined ? [] : [`  ${logPath(folder, first, file)}`]),
  ];
}

/** What may help to understand the reason, and did not decide. */
function renderBeside(titles: ReadonlySet<string>, colors: Colors): readonly string[] {
  return renderFirst([...titles], BESIDE_SHOWN_MAX).map((title) =>
    colors.dim(`  also seen: ${toLine(title)}`),
  );
}

function logPath(folder: string, { cell, guest = 1 }: Hit, file = ''): string {
  return `${folder}/cells/${cell}/guest-${guest}/${file}`;
}

function renderCount(hits: readonly Hit[]): string {
  const cells = new Set(hits.map(({ cell }) => cell)).size;
  const tests = hits.filter(({ test }) => test !== undefined).length;
  return tests === 0
    ? `outside of tests, ${count(cells, 'cell')}`
    : `${count(tests, 'test')} of ${count(cells, 'cell')}`;
}

function renderCellNames(hits: readonly Hit[]): string {
  return renderFirst([...new Set(hits.map(({ cell }) => cell))], CELLS_SHOWN_MAX).join(', ');
}

function renderTests(hits: readonly Hit[], colors: Colors): readonly string[] {
  const names = new Set(
    hits.flatMap(({ test }) => (test === undefined ? [] : [renderTestName(test)])),
  );
  return renderFirst([...names], TESTS_SHOWN_MAX).map((name) => colors.dim(`    ${name}`));
}

/** Tests whose tries came to different ends; the first one stands. */
function renderFlaky({ cells }: RunReport, colors: Colors): readonly string[] {
  const lines = cells.flatMap(({ id, tests }) =>
    tests
      .filter(({ isFlaky }) => isFlaky)
      .map((test) => {
        const ends = test.attempts?.map(({ verdict }) => verdict).join(', then ');
        return `${colors.red('flaky')}  ${id}  ${renderTestName(test)}: ${ends}`;
      }),
  );
  const misses = cells
    .flatMap(({ tests }) => tests.map(countRepeatedMisses))
    .reduce((sum, number) => sum + number, 0);
  const again = misses === 0 ? [] : [`${colors.yellow(count(misses, 'miss'))} tried again`];
  return [...renderFirst(lines, GROUPS_SHOWN_MAX), ...again];
}

/** Each reason once: a reader must be able to see what was not looked at. */
function renderSkips({ cells }: RunReport, colors: Colors): readonly string[] {
  const reasons = new Map<string, number>();
  for (const { tests } of cells) {
    for (const { verdict, detail } of tests) {
      if (verdict !== 'skip') continue;
      const reason = detail?.message ?? 'without a reason';
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  }
  const lines = [...reasons]
    .sort(([, one], [, other]) => other - one)
    .map(([reason, tests]) => `skip  ${count(tests, 'test')}: ${toLine(reason)}`);
  return renderFirst(lines, REASONS_SHOWN_MAX).map((line) => colors.dim(line));
}

function renderEnd(
  report: RunReport,
  { colors, folder, resume }: SummaryOptions,
): readonly string[] {
  const { startedAt, endedAt, cells, host, totals } = report;
  const lastMs = endedAt === undefined ? undefined : Date.parse(endedAt) - Date.parse(startedAt);
  const time = lastMs === undefined ? '' : ` in ${renderElapsed(lastMs)}`;
  const where = `${count(cells.length, 'cell')}, ${host.accelerator}, reports in ${folder}`;
  const outcome = outcomeOf(report);
  const last = describeOutcome(report, outcome, resume);
  return [
    `${renderTotals(totals, colors)}${time}, ${where}`,
    ...renderCached(cells, colors),
    outcome === 'good' ? colors.green(last) : colors.red(last),
  ];
}

/** What was not run again, and how it would be. */
function renderCached(cells: readonly CellReport[], colors: Colors): readonly string[] {
  const tests = cells.flatMap((cell) => cell.tests);
  const cached = describeCached(tests);
  if (cached === undefined) return [];
  const why = 'nothing they depend on has changed since (--no-cache runs them)';
  return [`${count(tests.length, 'test')}, ${cached}: ${colors.dim(why)}`];
}
