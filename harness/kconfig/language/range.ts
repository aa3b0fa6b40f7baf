/** Ranges of numbers, which may depend on other symbols. */
import { evaluate, numberOf, textOf, type ValueOf } from './evaluate.ts';
import type { KconfigSymbol } from './kconfig-tree.ts';

/** The bounds that hold now; undefined if there are none, or none that are known. */
export function calculateRange(
  { ranges }: KconfigSymbol,
  values: ValueOf,
): { readonly low: string; readonly high: string } | undefined {
  const range = ranges.find(({ condition }) => (evaluate(condition, values) ?? 'n') !== 'n');
  if (range === undefined) return undefined;
  const [low, high] = [textOf(range.low, values), textOf(range.high, values)];
  return low === undefined || high === undefined ? undefined : { low, high };
}

export function isInRange(symbol: KconfigSymbol, value: string, values: ValueOf): boolean {
  const range = calculateRange(symbol, values);
  if (range === undefined) return true;
  const number = numberOf(value);
  const [low, high] = [numberOf(range.low), numberOf(range.high)];
  if (number === undefined) return false;
  return (low === undefined || low <= number) && (high === undefined || number <= high);
}
