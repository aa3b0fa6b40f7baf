import type { RunEvent } from '../events.ts';
import type { Totals } from '../report/schema.ts';
import { toLine } from '../text.ts';
import { VERDICTS } from '../verdict/verdict.ts';
import { type Colors, paintVerdict } from './paint.ts';

type TestEnd = Extract<RunEvent, { readonly type: 'test-end' }>;

/** The line that stays for a test that went wrong: verdict, cell, test, and why. */
export function renderTestEnd(
  { verdict, cell, test, detail, findings }: TestEnd,
  colors: Colors,
): string {
  const name = test.file === test.title ? test.title : test.title.replaceAll(' › ', ': ');
  const why = findings[0]?.title ?? detail?.message ?? '';
  const reason = why === '' ? '' : ` – ${toLine(why)}`;
  return `${paintVerdict(colors, verdict, verdict)}  ${cell}  ${toLine(name)}${reason}`;
}

/** `12 pass, 1 skip`, worst first. */
export function renderTotals(totals: Totals, colors: Colors): string {
  return VERDICTS.filter((verdict) => totals[verdict])
    .map((verdict) => paintVerdict(colors, verdict, `${totals[verdict]} ${verdict}`))
    .join(', ');
}

export function renderElapsed(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}
