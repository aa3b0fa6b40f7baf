import type picocolors from 'picocolors';
import type { Verdict } from '../verdict/verdict.ts';

export type Colors = ReturnType<typeof picocolors.createColors>;

/** A verdict in its colour; the word itself always says it, too. */
export function paintVerdict(colors: Colors, verdict: Verdict, text: string): string {
  if (verdict === 'pass') return colors.green(text);
  if (verdict === 'skip') return colors.dim(text);
  if (verdict === 'miss' || verdict === 'error') return colors.yellow(text);
  return colors.red(text);
}
