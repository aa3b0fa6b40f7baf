/** The lines that a terminal shows while a run goes on, and the line that a log gets now and then. */
import type { CellProgress } from '../report/fold-cell.ts';
import type { RunProgress } from '../report/fold-report.ts';
import type { Totals } from '../report/schema.ts';
import { textWidth } from '../text-width.ts';
import { isGood, VERDICTS } from '../verdict/verdict.ts';
import type { Colors } from './paint.ts';
import { renderElapsed, renderTestName, renderTotals } from './progress.ts';
import { renderTable, widthOf } from './table.ts';

export interface ProgressOptions {
  /** Wall-clock time, as are the events' times. */
  readonly nowMs: number;
  readonly elapsedMs: number;
  /** `about 12 min left`; absent: nobody knows. */
  readonly timeLeft?: string;
  readonly colors: Colors;
}

export interface Screen {
  readonly columns: number;
  readonly rows: number;
}

/** A bar, what is done, how long it took and will take; then what each running cell does. */
export function renderProgress(
  progress: RunProgress,
  options: ProgressOptions,
  { columns, rows }: Screen,
): readonly string[] {
  const { colors, elapsedMs, timeLeft } = options;
  const { cells, doneCells, totals, cached } = progress;
  const header = flow(
    [
      `${renderBar(shareOf(progress), columns, colors)} ${colors.bold(`${doneCells} of ${cells} cells`)}`,
      timeLeft ?? '',
      renderTotals(totals, colors),
      cached === 0 ? '' : colors.dim(`${cached} cached`),
      colors.dim(renderElapsed(elapsedMs)),
    ],
    columns,
  );
  return [...header, ...renderRunning(progress, options, { columns, rows: rows - header.length })];
}

/** `12 of 84 cells (14 %): 1 fail, 120 pass; 30 cached; 5 min 12 s, about 12 min left` */
export function describeProgress(
  progress: RunProgress,
  { colors, elapsedMs, timeLeft }: Omit<ProgressOptions, 'nowMs'>,
): string {
  const { cells, doneCells, totals, cached } = progress;
  const percent = Math.floor(100 * shareOf(progress));
  const times = [renderElapsed(elapsedMs), ...(timeLeft === undefined ? [] : [timeLeft])];
  const parts = [
    `${doneCells} of ${cells} cells (${percent} %): ${renderTotals(totals, colors)}`,
    ...(cached === 0 ? [] : [`${cached} cached`]),
    times.join(', '),
  ];
  return parts.join('; ');
}

/** Of the cells, from 0 to 1; running ones count by their tests. */
function shareOf({ cells, doneCells, running }: RunProgress): number {
  const begun = running.reduce((sum, { done, planned }) => {
    return sum + (planned === undefined ? 0 : Math.min(1, done / planned));
  }, 0);
  return cells === 0 ? 0 : Math.min(1, (doneCells + begun) / cells);
}

const BAR_COLUMNS_MIN = 8;
const BAR_COLUMNS_MAX = 24;

function renderBar(share: number, columns: number, colors: Colors): string {
  const fifth = Math.floor(columns / 5);
  const width = Math.max(BAR_COLUMNS_MIN, Math.min(BAR_COLUMNS_MAX, fifth));
  const filled = Math.floor(share * width);
  return '█'.repeat(filled) + colors.dim('░'.repeat(width - filled));
}

const GAP = '  ';

/** Parts side by side, in as many lines as they take. */
function flow(parts: readonly string[], columns: number): readonly string[] {
  const lines: string[] = [];
  for (const part of parts.filter((text) => text !== '')) {
    const last = lines.at(-1);
    const longer = last === undefined ? part : last + GAP + part;
    if (last === undefined || textWidth(longer) >= columns) lines.push(part);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

function renderRunning(
  { running, stopping }: RunProgress,
  { nowMs, colors }: ProgressOptions,
  { columns, rows }: Screen,
): readonly string[] {
  const isEnding = stopping !== undefined && stopping !== 'time-budget';
  const cells = running.map((cell) => describeCell(cell, nowMs, isEnding, colors));
  const names = renderTable(cells.map(({ name, numbers }) => [name, ...numbers]));
  const isNarrow = widthOf(names) > columns * NAMES_SHARE_MAX;
  const lines = isNarrow
    ? cells.map(({ name, numbers, activity }) => [name, `    ${[...numbers, activity].join(GAP)}`])
    : renderTable(cells.map(({ name, numbers, activity }) => [name, ...numbers, activity])).map(
        (line) => [line],
      );
  return fitRows(lines, rows);
}

/** With wider names, too little is left for what the cells do. */
const NAMES_SHARE_MAX = 0.7;

/** One line must stay free for the cursor, and one says how many cells are not shown. */
const ROWS_TO_SPARE = 2;

function fitRows(blocks: readonly (readonly string[])[], rows: number): readonly string[] {
  const fitting = Math.floor((rows - ROWS_TO_SPARE) / (blocks[0]?.length ?? 1));
  const shown = Math.max(1, fitting);
  const more = blocks.length - shown;
  const lines = blocks.slice(0, shown).flat();
  return more > 0 ? [...lines, `  … and ${more} more`] : lines;
}

interface CellWords {
  readonly name: string;
  readonly numbers: readonly string[];
  readonly activity: string;
}

function describeCell(
  progress: CellProgress,
  nowMs: number,
  isEnding: boolean,
  colors: Colors,
): CellWords {
  const { cell, begunAt, done, planned, totals } = progress;
  const activity = isEnding ? 'ends' : renderActivity(progress);
  return {
    name: `  ${cell}`,
    numbers: [`${done}/${planned ?? '?'}`, colors.dim(renderElapsed(nowMs - Date.parse(begunAt)))],
    activity: [renderTotals(onlyBad(totals), colors), activity].filter(Boolean).join(GAP),
  };
}

function onlyBad(totals: Totals): Totals {
  return Object.fromEntries(
    VERDICTS.filter((word) => !isGood(word)).map((word) => [word, totals[word]]),
  );
}

function renderActivity({ booting, test }: CellProgress): string {
  if (booting === 1) return 'boots';
  if (booting !== undefined) return `boots guest ${booting}`;
  return test === undefined ? '' : renderTestName(test);
}
