/** The summary's table: each cell with its worst verdict. */

import { count } from '../phrases.ts';
import { columnOf, rowOf } from '../report/cell-row.ts';
import { isAsExpected, newLooseCrashes } from '../report/expected.ts';
import type { CellReport } from '../report/schema.ts';
import { whySkipped } from '../report/skipped-cell.ts';
import { isGood, VERDICTS } from '../verdict/verdict.ts';
import { type Colors, paintVerdict } from './paint.ts';
import type { SummaryOptions } from './summary-options.ts';
import { renderTable, widthOf } from './table.ts';

/** Nobody reads a longer table; what went wrong in its cells is listed below it. */
const ROWS_SHOWN_MAX = 200;

/** A row for each kernel, config and machine, or for each cell if that is too wide; up to a limit. */
export function renderCells(
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

function firstRows<T>(rows: readonly T[]): readonly [readonly T[], number] {
  const shown = rows.slice(0, ROWS_SHOWN_MAX);
  return [shown, rows.length - shown.length];
}

function renderMore(more: number, noun: string, folder: string): readonly string[] {
  return more === 0 ? [] : [`… and ${count(more, noun)} more: see ${folder}/report.json`];
}

function renderVerdict(cell: CellReport, colors: Colors): string {
  const text = describeCell(cell);
  if (isKnownCell(cell) && !isGood(cell.verdict)) return colors.yellow(text);
  return paintVerdict(colors, cell.verdict, text);
}

/** `pass 12`, or for anything bad how many of the tests that ran had the worst verdict. */
export function describeCell(cell: CellReport): string {
  const { verdict, totals } = cell;
  // How many tests it would have had, nobody knows.
  if (whySkipped(cell) !== undefined) return verdict;
  const ran = VERDICTS.reduce((sum, word) => sum + (totals[word] ?? 0), 0) - (totals.skip ?? 0);
  const number = totals[verdict] ?? 0;
  const bad = number === 0 ? '' : ` ${number}/${ran}`;
  if (isGood(verdict)) return `${verdict} ${number}`;
  return `${verdict}${bad}${isKnownCell(cell) ? ' known' : ''}`;
}

/** Whatever goes wrong in it was expected. */
export function isKnownCell(cell: CellReport): boolean {
  return cell.tests.every(isAsExpected) && newLooseCrashes(cell).length === 0;
}
