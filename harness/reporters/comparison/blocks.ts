import { textWidth } from '../../text-width.ts';
import { renderTable, widthOf } from '../table.ts';

export interface BlockOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly indent: string;
}

/**
 * A table whose first row has the names of the columns and whose first column those of the rows. If it
 * is too wide, it becomes several, one below the other, each with the names of the rows; a column that
 * is too wide by itself stays so.
 */
export function renderBlocks(
  rows: readonly (readonly string[])[],
  { width, indent }: BlockOptions,
): readonly string[] {
  const [head = []] = rows;
  const blocks: (readonly string[])[] = [];
  for (let first = 1; first < head.length; ) {
    const last = lastThatFits(rows, first, width - textWidth(indent));
    const part = rows.map(([name = '', ...cells]) => [name, ...cells.slice(first - 1, last)]);
    blocks.push(renderTable(part).map((line) => `${indent}${line}`));
    first = last + 1;
  }
  return blocks.flatMap((block, index) => (index === 0 ? block : ['', ...block]));
}

/** The last column of a block that begins with `first`. */
function lastThatFits(rows: readonly (readonly string[])[], first: number, width: number): number {
  const columns = (rows[0]?.length ?? 1) - 1;
  let taken = widthOf(rows.map(([name = '']) => name));
  for (let column = first; column <= columns; column++) {
    taken += GAP + widthOf(rows.map((row) => row[column] ?? ''));
    if (taken > width && column > first) return column - 1;
  }
  return columns;
}

const GAP = 2;
