/** What Kconfig files say about which changes are only possible with others. */
import { symbolsIn } from '../kconfig/language/expression.ts';
import { selectorsOf } from '../kconfig/language/graph.ts';
import type { KconfigSymbol, KconfigTree } from '../kconfig/language/kconfig-tree.ts';
import type { Requirements } from './arrangement.ts';
import type { Change, Changes } from './change.ts';

/**
 * A symbol that is switched on requires those that it depends on and those that it selects; one that is
 * switched off, that these are switched off only after it. Whether an expression says `&&`, `||` or `!` does
 * not matter here: a requirement too many only costs a step, since Kconfig has the last word.
 */
export function requirementsOf({ changes, following }: Changes, tree: KconfigTree): Requirements {
  const requirements = new Map<string, Set<string>>();
  const require = (change: string, other: string): void => {
    if (change === other) return;
    requirements.set(change, (requirements.get(change) ?? new Set()).add(other));
  };
  const passed = new Set(following);
  for (const change of changes.values()) {
    const symbol = tree.symbols.get(change.symbol);
    if (symbol === undefined) continue;
    const isOn = rank(change.to) > rank(change.from);
    const isOff = rank(change.to) < rank(change.from);
    for (const needed of changedNeeds(symbol, { tree, changes, passed })) {
      if (isOn) require(change.symbol, needed);
      if (isOff) require(needed, change.symbol);
    }
    // One member of a choice is only off when another one is on.
    for (const member of symbol.choice?.members ?? []) {
      if (changes.has(member)) require(change.symbol, member);
    }
  }
  return requirements;
}

function rank(value: string): number {
  return value === 'n' ? 0 : value === 'm' ? 1 : 2;
}

interface Differing {
  readonly tree: KconfigTree;
  readonly changes: ReadonlyMap<string, Change>;
  /** Symbols that nobody can set: what a symbol needs is looked for behind them. */
  readonly passed: ReadonlySet<string>;
}

/** The changes that a symbol names, or that are behind what it names. */
function changedNeeds(
  start: KconfigSymbol,
  { tree, changes, passed }: Differing,
): ReadonlySet<string> {
  const follow = (
    names: readonly string[],
    next: (symbol: KconfigSymbol) => readonly string[],
  ): readonly string[] => {
    const seen = new Set(names);
    // A set also yields what is added while it is walked.
    for (const name of seen) {
      const symbol = passed.has(name) ? tree.symbols.get(name) : undefined;
      if (symbol !== undefined) for (const one of next(symbol)) seen.add(one);
    }
    return [...seen].filter((name) => changes.has(name));
  };
  // Whoever else selects what it selects is not needed for that.
  return new Set([
    ...follow(dependsOn(start), (symbol) => [...dependsOn(symbol), ...setBy(symbol, tree)]),
    ...follow(selectedBy(start), selectedBy),
  ]);
}

function dependsOn(symbol: KconfigSymbol): readonly string[] {
  return [
    ...symbolsIn(symbol.dependsOn),
    ...symbol.prompts.flatMap(({ visibleIf }) => [...symbolsIn(visibleIf)]),
  ];
}

function selectedBy(symbol: KconfigSymbol): readonly string[] {
  return symbol.selects.map(({ symbol: selected }) => selected);
}

/** What gives a symbol without a prompt its value. */
function setBy(symbol: KconfigSymbol, tree: KconfigTree): readonly string[] {
  const defaults = symbol.defaults.flatMap(({ value, condition }) => [
    ...symbolsIn(value),
    ...symbolsIn(condition),
  ]);
  return [...defaults, ...(selectorsOf(tree).get(symbol.name) ?? [])];
}
