import { type KernelConfig, type SymbolState, stateOf } from '../kernel-config.ts';
import { calculate } from '../language/calculate.ts';
import { valuesIn, withoutQuotes } from '../language/config-values.ts';
import type { ValueOf } from '../language/evaluate.ts';
import type { KconfigTree } from '../language/kconfig-tree.ts';
import type { Assignment } from './lost-symbol.ts';
import type { Wanted } from './request.ts';

/** A tree with an effective configuration, and what was asked for: what explanations are made from. */
export interface Configured {
  readonly tree: KconfigTree;
  readonly wanted: Wanted;
  /** Effective values. */
  readonly values: ValueOf;
  state(symbol: string): SymbolState;
  /** The values that would be effective if these were asked for, too. */
  withRequests(assignments: readonly Assignment[]): ValueOf;
}

export function createConfigured(
  tree: KconfigTree,
  wanted: Wanted,
  effective: KernelConfig,
): Configured {
  const values = valuesIn(effective, tree);
  return {
    tree,
    wanted,
    values,
    state: (symbol) => stateOf(effective, symbol),
    withRequests: (assignments) => {
      const more = new Map(assignments.map(({ symbol, value }) => [symbol, value]));
      const asked: ValueOf = (symbol) => {
        const value = more.get(symbol) ?? wanted.get(symbol)?.value;
        if (value !== undefined) return withoutQuotes(value);
        return effective.symbols.has(symbol) ? values(symbol) : undefined;
      };
      return calculate(tree, asked, values);
    },
  };
}
