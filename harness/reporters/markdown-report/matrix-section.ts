import { columnOf, rowOf } from '../../report/cell-row.ts';
import type { CellReport } from '../../report/schema.ts';
import { whySkipped } from '../../report/skipped-cell.ts';
import { isGood } from '../../verdict/verdict.ts';
import { markdownCode, tableOfMarkdown } from '../markdown.ts';
import { describeCell, isKnownCell } from '../summary-cells.ts';
import type { MarkdownContext, Section } from './section.ts';

/** Nobody reads a longer table; what went wrong in its cells is listed by itself. */
const ROWS_SHOWN_MAX = 200;

/** Each cell with its worst verdict: a row for each kernel, config and machine. */
export function matrixSection({ report: { cells }, folder }: MarkdownContext): Section {
  const columns = [...new Set(cells.map(columnOf))];
  const rows = [...Map.groupBy(cells, rowOf)];
  const shown = rows.slice(0, ROWS_SHOWN_MAX).map(([row, inRow]) => {
    const byColumn = new Map(inRow.map((cell) => [columnOf(cell), cell]));
    return [nameOf(row), ...columns.map((column) => wordsOf(byColumn.get(column)))];
  });
  const more = rows.length - shown.length;
  const [head = '', line = '', ...lines] = tableOfMarkdown(['', ...columns.map(nameOf)], shown);
  return {
    title: 'Matrix',
    intro: [head, line],
    noun: 'matrix row',
    items: [
      ...lines.map((row) => [row]),
      ...(more === 0
        ? []
        : [['', `… and ${more} more rows: see ${markdownCode(`${folder}/report.json`)}`]]),
    ],
    isDense: true,
  };
}

/** In a table even code ends at a bar, and none can be written there (GFM 4.10). */
function nameOf(text: string): string {
  return markdownCode(text.replaceAll('|', '¦'));
}

function wordsOf(cell: CellReport | undefined): string {
  if (cell === undefined) return '–';
  return `${markOf(cell)} ${describeCell(cell)}`;
}

function markOf(cell: CellReport): string {
  // What was not tried is not well.
  if (whySkipped(cell) !== undefined) return '–';
  if (isGood(cell.verdict)) return '✓';
  return isKnownCell(cell) ? '○' : '✗';
}
