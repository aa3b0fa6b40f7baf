/** Renders a run's progress. Pure: values in, lines out; the reporters write them. */
import type { RunEvent, TestId } from '../events.ts';
import type { Judgement, JudgementStatus } from '../expectations/judge.ts';
import type { CellProgress } from '../report/fold-cell.ts';
import type { RunProgress } from '../report/fold-report.ts';
import type { Totals } from '../report/schema.ts';
import { toLine } from '../text.ts';
import { reasonOf } from '../verdict/reason.ts';
import { isGood, VERDICTS } from '../verdict/verdict.ts';
import { type Colors, paintVerdict } from './paint.ts';
import { renderTable } from './table.ts';

type TestEnd = Extract<RunEvent, { readonly type: 'test-end' }>;

/**
 * What is printed of a test that went wrong: verdict, cell and test, and the reason in one line.
 */
export function renderTestEnd(
  end: TestEnd,
  { status }: Pick<Judgement, 'status'>,
  colors: Colors,
): { readonly test: string; readonly why: string } {
  const { verdict, cell, test, attempt = 1 } = end;
  const how = HOW[status] ?? '';
  const word =
    status === 'unexpected-pass' ? colors.red(how) : paintVerdict(colors, verdict, verdict);
  const also = how === '' || status === 'unexpected-pass' ? '' : ` (${how})`;
  const number = attempt === 1 ? '' : ` (attempt ${attempt})`;
  return {
    test: `${word}${also}  ${cell}  ${renderTestName(test)}${number}`,
    why: toLine(reasonOf(end)),
  };
}

/** Added to a verdict that was not as expected. */
const HOW: Partial<Record<JudgementStatus, string>> = {
  'unexpected-pass': 'unexpected pass',
  changed: 'a different failure was expected',
  expired: 'its expectation has expired',
};

/** A test by its titles, which say more than its file. */
export function renderTestName({ title }: TestId): string {
  return toLine(title.replaceAll(' › ', ': '));
}

/** `1 agent-panic, 12 pass`, worst first. */
export function renderTotals(totals: Totals, colors: Colors): string {
  return VERDICTS.filter((verdict) => totals[verdict])
    .map((verdict) => paintVerdict(colors, verdict, `${totals[verdict]} ${verdict}`))
    .join(', ');
}

export function renderElapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/**
 * A header with what is done, and a line for each running cell.
 * @param nowMs Wall-clock time, as are the events' times.
 */
export function renderProgress(
  { cells, doneCells, totals, cached, running }: RunProgress,
  {
    beginMs,
    nowMs,
    colors,
  }: { readonly beginMs: number; readonly nowMs: number; readonly colors: Colors },
): readonly string[] {
  const counts = [
    renderTotals(totals, colors),
    cached === 0 ? '' : colors.dim(`${cached} cached`),
    colors.dim(renderElapsed(nowMs - beginMs)),
  ];
  const header = [colors.bold(`${doneCells} of ${cells} cells`), ...counts.filter(Boolean)];
  return [
    header.join('  '),
    ...renderTable(running.map((cell) => describeCell(cell, nowMs, colors))),
  ];
}

function describeCell(progress: CellProgress, nowMs: number, colors: Colors): readonly string[] {
  const { cell, begunAt, done, planned, totals } = progress;
  return [
    `  ${cell}`,
    `${done}/${planned ?? '?'}`,
    colors.dim(renderElapsed(nowMs - Date.parse(begunAt))),
    [renderTotals(onlyBad(totals), colors), renderActivity(progress)].filter(Boolean).join('  '),
  ];
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
