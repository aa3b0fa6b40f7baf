import type { Comparison } from '../../compare/comparison.ts';
import { createSampleComparison } from './sample-comparison.ts';

/** What would act if it were taken for HTML, for an address or for more than text. */
const HOSTILE = [
  '<img src=x onerror=window.attacked=1>',
  '"><script>window.attacked=1</script><b onclick="',
  "javascript:window.attacked=1//'`</style></title>-->]]>",
  '\u001b[31m\u0000\u202etxt.exe\ud800',
].join('');

/** Texts that the schema does not fix to certain words. */
const FIXED = new Set([
  'kind',
  'change',
  'changes',
  'verdict',
  'verdicts',
  'basis',
  'axes',
  'version',
]);

/** A comparison with every free text replaced. */
export function createHostileComparison(text = HOSTILE): Comparison {
  return poison(createSampleComparison(), text);
}

function poison<T>(value: T, text: string): T;
function poison(value: unknown, text: string): unknown {
  if (typeof value === 'string') return `${text}${value}`;
  if (Array.isArray(value)) return value.map((one) => poison(one, text));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      FIXED.has(name) ? inner : poison(inner, text),
    ]),
  );
}
