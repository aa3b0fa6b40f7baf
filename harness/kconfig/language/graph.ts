/** Who needs whom among the symbols of a tree. */
import { type Expression, symbolsIn } from './expression.ts';
import type { KconfigSymbol, KconfigTree } from './kconfig-tree.ts';

/** By symbol: others. A symbol without any is not in it. */
export type SymbolGraph = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * All that a symbol may need to be on, and what these need in turn: the symbols in its dependencies and in the
 * conditions of its prompts; for one without a prompt also what would set it, its defaults and the symbols
 * that select it. Without the symbol itself; also symbols that the tree does not define.
 */
export function dependenciesOf(tree: KconfigTree, name: string): ReadonlySet<string> {
  return closureOf(name, (one) => {
    const symbol = tree.symbols.get(one);
    return symbol === undefined ? [] : neededBy(tree, symbol);
  });
}

/** By symbol: those whose dependencies, prompts, defaults or selects name it. */
export function dependentsOf(tree: KconfigTree): SymbolGraph {
  return remembered(dependents, tree, () => {
    const graph = new Map<string, Set<string>>();
    for (const symbol of tree.symbols.values()) {
      for (const needed of namedBy(symbol)) add(graph, needed, symbol.name);
    }
    return graph;
  });
}

/** By symbol: those that select it. */
export function selectorsOf(tree: KconfigTree): SymbolGraph {
  return remembered(selectors, tree, () => graphOf(tree, ({ selects }) => selects));
}

/** By symbol: those that imply it. */
export function impliersOf(tree: KconfigTree): SymbolGraph {
  return remembered(impliers, tree, () => graphOf(tree, ({ implies }) => implies));
}

function graphOf(
  tree: KconfigTree,
  linksOf: (symbol: KconfigSymbol) => KconfigSymbol['selects'],
): SymbolGraph {
  const graph = new Map<string, Set<string>>();
  for (const from of tree.symbols.values()) {
    for (const { symbol } of linksOf(from)) add(graph, symbol, from.name);
  }
  return graph;
}

/**
 * Those of the symbols that no other of them needs, even through symbols that are not among them. Empty if
 * all need each other.
 */
export function leavesOf(tree: KconfigTree, names: Iterable<string>): readonly string[] {
  const among = new Set(names);
  const needed = new Set<string>();
  for (const name of among) {
    for (const one of dependenciesOf(tree, name)) if (among.has(one)) needed.add(one);
  }
  return [...among].filter((name) => !needed.has(name));
}

const dependents = new WeakMap<KconfigTree, SymbolGraph>();
const selectors = new WeakMap<KconfigTree, SymbolGraph>();
const impliers = new WeakMap<KconfigTree, SymbolGraph>();

function remembered(
  graphs: WeakMap<KconfigTree, SymbolGraph>,
  tree: KconfigTree,
  create: () => SymbolGraph,
): SymbolGraph {
  const graph = graphs.get(tree) ?? create();
  graphs.set(tree, graph);
  return graph;
}

function add(graph: Map<string, Set<string>>, from: string, to: string): void {
  const links = graph.get(from);
  if (links === undefined) graph.set(from, new Set([to]));
  else links.add(to);
}

function neededBy(tree: KconfigTree, symbol: KconfigSymbol): Iterable<string> {
  const needed = new Set(symbolsIn(symbol.dependsOn));
  for (const { visibleIf } of symbol.prompts) addAll(needed, symbolsIn(visibleIf));
  if (symbol.prompts.length > 0) return needed;
  for (const { value, condition } of symbol.defaults) {
    addAll(needed, symbolsIn(value));
    addAll(needed, symbolsIn(condition));
  }
  addAll(needed, selectorsOf(tree).get(symbol.name) ?? []);
  return needed;
}

function namedBy(symbol: KconfigSymbol): ReadonlySet<string> {
  const named = new Set(symbolsIn(symbol.dependsOn));
  const expressions: (Expression | undefined)[] = [
    ...symbol.prompts.map(({ visibleIf }) => visibleIf),
    ...symbol.defaults.flatMap(({ value, condition }) => [value, condition]),
    ...symbol.ranges.flatMap(({ low, high, condition }) => [low, high, condition]),
    ...[...symbol.selects, ...symbol.implies].map(({ condition }) => condition),
  ];
  for (const expression of expressions) addAll(named, symbolsIn(expression));
  for (const { symbol: selected } of symbol.selects) named.add(selected);
  named.delete(symbol.name);
  return named;
}

function addAll(names: Set<string>, more: Iterable<string>): void {
  for (const name of more) names.add(name);
}

/** Everything that can be reached, without the start. */
function closureOf(start: string, next: (name: string) => Iterable<string>): ReadonlySet<string> {
  const found = new Set([start]);
  // A set is iterated over what is added meanwhile.
  for (const name of found) addAll(found, next(name));
  found.delete(start);
  return found;
}
