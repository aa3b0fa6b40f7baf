/** What is left on the terminal when a run is over: the table, each crash once, the bad tests, why red. */
import { countBad, type Outcome, outcomeOf } from '../report/outcome.ts';
import type { CellReport, CrashReport, RunReport, TestReport } from '../report/schema.ts';
import { toLine } from '../text.ts';
import { VERDICTS, type Verdict } from '../verdict/verdict.ts';
import { type Colors, paintVerdict } from './paint.ts';
import { renderTotals } from './progress.ts';
import { renderTable, widthOf } from './table.ts';

export interface SummaryOptions {
  readonly colors: Colors;
  /** Columns of the terminal. */
  readonly width: number;
  /** The run's folder, as the user would name it. */
  readonly folder: string;
}

const BAD_TESTS_SHOWN_MAX = 20;
const CELLS_SHOWN_MAX = 4;

export function renderSummary(report: RunReport, options: SummaryOptions): string {
  const { colors } = options;
  const others = report.cells.flatMap((cell) =>
    cell.tests.filter(isBadWithoutCrash).map((test) => renderBadTest(cell, test, options)),
  );
  const hidden = others.length - BAD_TESTS_SHOWN_MAX;
  const sections = [
    renderCells(report.cells, options),
    ...report.crashes.map((crash) => renderCrash(crash, options)),
    ...others.slice(0, BAD_TESTS_SHOWN_MAX),
    ...(hidden > 0 ? [[`… and ${hidden} more: see ${options.folder}/report.json`]] : []),
    renderSkips(report, colors),
    renderEnd(report, options),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function renderCells(
  cells: readonly CellReport[],
  { colors, width }: SummaryOptions,
): readonly string[] {
  const rowOf = ({ kernel, config }: CellReport): string =>
    config === 'default' ? kernel : `${kernel} ${config}`;
  const columnOf = ({ cgroup, agent }: CellReport): string => `${cgroup} ${agent}`;
  const columns = [...new Set(cells.map(columnOf))];
  const rows = [...new Set(cells.map(rowOf))].map((row) => [
    row,
    ...columns.map((column) => {
      const cell = cells.find((one) => rowOf(one) === row && columnOf(one) === column);
      return cell === undefined ? colors.dim('–') : renderVerdict(cell, colors);
    }),
  ]);
  const table = renderTable([['', ...columns].map((title) => colors.bold(title)), ...rows]);
  if (widthOf(table) <= width) return table;
  return renderTable(cells.map((cell) => [cell.id, renderVerdict(cell, colors)]));
}

/** `pass 12`, or for anything bad how many of the tests that ran had the worst verdict. */
function renderVerdict({ verdict, totals }: CellReport, colors: Colors): string {
  const ran = VERDICTS.reduce((sum, word) => sum + (totals[word] ?? 0), 0) - (totals.skip ?? 0);
  const count = totals[verdict] ?? 0;
  const text =
    verdict === 'pass' || verdict === 'skip' ? `${verdict} ${count}` : `${verdict} ${count}/${ran}`;
  return paintVerdict(colors, verdict, text);
}

function renderCrash(crash: CrashReport, { colors, folder }: SummaryOptions): readonly string[] {
  const { cells, tests, first } = crash;
  const shown = cells.slice(0, CELLS_SHOWN_MAX).join(', ');
  const more = cells.length > CELLS_SHOWN_MAX ? ` and ${cells.length - CELLS_SHOWN_MAX} more` : '';
  const log = crash.class === 'agent-panic' ? 'agent-stderr.log' : 'console.log';
  const kernel = crash.class === 'agent-panic' ? '; the kernel lived on' : '';
  return [
    `${paintVerdict(colors, crash.class, crash.class)}  ${colors.bold(toLine(crash.title))}`,
    `  ${count(tests, 'test')} of ${count(cells.length, 'cell')}${kernel}: ${shown}${more}`,
    `  ${folder}/cells/${first.cell}/guest-${first.guest ?? 1}/${log}`,
  ];
}

function isBadWithoutCrash({ verdict, findings }: TestReport): boolean {
  return verdict !== 'pass' && verdict !== 'skip' && findings[0]?.class !== verdict;
}

function renderBadTest(
  cell: CellReport,
  { verdict, file, title, detail, guest }: TestReport,
  { colors, folder }: SummaryOptions,
): readonly string[] {
  const name = file === title ? title : `${file}: ${title}`;
  return [
    `${paintVerdict(colors, verdict, verdict)}  ${colors.bold(toLine(name))}`,
    `  ${cell.id}`,
    ...(detail?.message === undefined ? [] : [`  ${toLine(detail.message, 500)}`]),
    ...(guest === undefined ? [] : [`  ${folder}/cells/${cell.id}/guest-${guest}/`]),
  ];
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
  return [...reasons].map(([reason, tests]) =>
    colors.dim(`skip  ${count(tests, 'test')}: ${toLine(reason)}`),
  );
}

function renderEnd(report: RunReport, { colors, folder }: SummaryOptions): readonly string[] {
  const endMs = report.endedAt === undefined ? undefined : Date.parse(report.endedAt);
  const time =
    endMs === undefined ? '' : ` in ${Math.round((endMs - Date.parse(report.startedAt)) / 1000)} s`;
  const totals = renderTotals(report.totals, colors);
  return [
    `${totals}${time}, ${count(report.cells.length, 'cell')}, ${report.host.accelerator}, reports in ${folder}`,
    describeOutcome(report, outcomeOf(report)),
  ];
}

export function describeOutcome({ totals, crashes }: RunReport, outcome: Outcome): string {
  if (outcome === 'good') return 'Everything as expected.';
  if (outcome === 'interrupted')
    return 'Interrupted: what has no verdict counts as a miss (exit code 130).';
  if (outcome === 'unmeasured')
    return 'Nothing could be measured: every test is a miss (exit code 69).';
  const panics = crashes.filter(({ class: kind }) => kind.endsWith('panic')).length;
  const parts = [
    ...(panics > 0 ? [`found ${count(panics, 'panic')}`] : []),
    `${count(countBad(totals), 'test')} not as expected`,
  ];
  return `Exit code 1: ${parts.join(', ')}.`;
}

function count(number: number, noun: Verdict | string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
