/** Words of a run's progress. Pure: values in, texts out; the reporters write them. */
import type { RunEvent, TestId } from '../events.ts';
import type { Judgement, JudgementStatus } from '../expectations/judge.ts';
import type { Totals } from '../report/schema.ts';
import { toLine } from '../text.ts';
import { reasonOf } from '../verdict/reason.ts';
import { VERDICTS } from '../verdict/verdict.ts';
import { type Colors, paintVerdict } from './paint.ts';

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
