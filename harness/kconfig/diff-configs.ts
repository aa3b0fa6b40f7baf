import {
  isSameState,
  type KernelConfig,
  menuOf,
  type SymbolState,
  stateOf,
} from './kernel-config.ts';

/** A symbol that is not the same in all configurations. */
export interface SymbolDifference {
  readonly symbol: string;
  /** One for each configuration, in their order. */
  readonly states: readonly SymbolState[];
  /** In the last configuration that has the symbol: menus move and are renamed. */
  readonly menus: readonly string[];
}

/**
 * The symbols that differ between two or more configurations: in the order of the last one, then
 * those that only earlier ones have.
 */
export function diffConfigs(configs: readonly KernelConfig[]): readonly SymbolDifference[] {
  const newestFirst = configs.toReversed();
  const symbols = new Set(newestFirst.flatMap((config) => [...config.symbols.keys()]));
  return [...symbols].flatMap((symbol) => {
    const states = configs.map((config) => stateOf(config, symbol));
    const [first] = states;
    if (first === undefined || states.every((state) => isSameState(state, first))) return [];
    const owner = newestFirst.find((config) => config.symbols.has(symbol));
    return [{ symbol, states, menus: owner === undefined ? [] : menuOf(owner, symbol) }];
  });
}
