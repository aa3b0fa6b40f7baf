/** What a search for culprits has found, in words. */
import { count } from '../phrases.ts';
import type { Change } from './change.ts';
import { type Culprits, culpritsOf } from './find-culprits.ts';
import { halvings } from './halvings.ts';
import type { SmallestSet } from './smallest-set.ts';

type ChangesByName = ReadonlyMap<string, Change>;

/** `CONFIG_CPUSETS_V1: y → n` */
export function describeChange(symbol: string, changes: ChangesByName): string {
  const change = changes.get(symbol);
  return change === undefined
    ? `CONFIG_${symbol}`
    : `CONFIG_${symbol}: ${change.from} → ${change.to}`;
}

/** Lines for people. */
export function describeCulprits({ sets }: Culprits, changes: ChangesByName): readonly string[] {
  const [only, ...others] = sets;
  if (only === undefined) return [];
  if (others.length === 0) return describeSet(only, changes, headOf(only));
  return [
    `${sets.length} sets of symbols turn the verdict, and each is enough:`,
    ...sets.flatMap((set, index) =>
      describeSet(set, changes, `${index + 1}. ${headOf(set)}`).map((line) => `  ${line}`),
    ),
  ];
}

function headOf(set: SmallestSet): string {
  const culprits = culpritsOf(set).length;
  if (culprits === 1) return 'one symbol turns the verdict:';
  return `${culprits} symbols turn the verdict, and only together:`;
}

function describeSet(set: SmallestSet, changes: ChangesByName, head: string): readonly string[] {
  const own = new Set(culpritsOf(set));
  const required = [...set.changes].filter((symbol) => !own.has(symbol));
  return [
    head,
    ...[...own].map((symbol) => `  ${describeChange(symbol, changes)}`),
    ...(required.length === 0 ? [] : ['  with what Kconfig requires for that:']),
    ...required.map((symbol) => `    ${describeChange(symbol, changes)}`),
    ...set.blocks.map(
      (block) =>
        `  Undecided, since the kernels in between were unclear: ${block.map((symbol) => `CONFIG_${symbol}`).join(', ')}`,
    ),
  ];
}

/** `4 kernels measured besides the two ends; log2 of 412 symbols is 8.7` */
export function describeEffort(measured: number, changes: number): string {
  const least = Math.log2(Math.max(changes, 1));
  return `${count(measured, 'kernel')} measured besides the two ends; log2 of ${count(changes, 'symbol')} is ${least.toFixed(1)}`;
}

/** How many kernels a search for symbols still has to measure, about: halving what is left, and the last proof. */
export function symbolStepsLeft(left: number): number {
  return Math.max(1, halvings(left)) + (left > 1 ? 1 : 0);
}
