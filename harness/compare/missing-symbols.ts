/** Symbols that a failing cell's kernel would have to be built with. */
import { NOT_KNOWN } from '../needs/causes.ts';
import type { Cause } from '../needs/feature.ts';
import type { Proof } from './advice.ts';
import { causesOfLacks } from './causes-of-lacks.ts';
import type { ComparedCell } from './compared-run.ts';
import type { Knowledge } from './knowledge.ts';
import { prove } from './prove.ts';

export type SymbolCause = Extract<Cause, { readonly kind: 'symbol' }>;

/** Symbols behind what the failing tests rest on and the guest lacks, as the table of needs has it. */
export function missingSymbols(cell: ComparedCell, knowledge: Knowledge): readonly SymbolCause[] {
  const causes = causesOfLacks(cell, knowledge);
  // What a boot parameter takes away, no symbol brings back.
  if (causes.some(({ kind }) => kind !== 'symbol')) return [];
  const symbols = causes.filter((cause) => cause.kind === 'symbol');
  // Without the kernel's config there are more candidates than it takes.
  if (symbols.some(({ state }) => state === NOT_KNOWN)) return [];
  return [...new Map(symbols.map((cause) => [cause.symbol, cause])).values()];
}

export function describeSymbols(symbols: readonly SymbolCause[]): string {
  const wanted = symbols
    .toSorted((one, other) => (one.symbol < other.symbol ? -1 : 1))
    .map((cause) => `CONFIG_${cause.symbol}=${cause.wanted[0] ?? 'y'}`);
  return `Build the kernel with ${wanted.join(' and ')}`;
}

/** A kernel of the same series that has the symbols, and differs in whatever else it differs in. */
export function proveSymbols(
  cell: ComparedCell,
  symbols: readonly SymbolCause[],
  others: readonly ComparedCell[],
): Proof | undefined {
  for (const other of others) {
    const { config } = other.environment;
    if (config === undefined || seriesOf(other) !== seriesOf(cell)) continue;
    const hasAll = symbols.every(({ symbol, wanted }) =>
      wanted.includes(config.symbols.get(symbol) ?? 'n'),
    );
    const proof = hasAll ? prove(cell, other) : undefined;
    if (proof !== undefined) return proof;
  }
  return undefined;
}

/** `6.12` of `6.12.117+deb12-cloud-amd64`. */
function seriesOf({ environment: { release = '' } }: ComparedCell): string {
  return /^\d+\.\d+/.exec(release)?.[0] ?? release;
}
