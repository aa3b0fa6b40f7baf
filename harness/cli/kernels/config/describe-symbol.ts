import { SYMBOL_HISTORIES, type SymbolHistory } from '../../../kconfig/fragments/symbol-history.ts';
import { describeState, type KernelConfig, stateOf } from '../../../kconfig/kernel-config.ts';
import {
  conjunctsOf,
  type Expression,
  printExpression,
  symbolsIn,
} from '../../../kconfig/language/expression.ts';
import { dependentsOf, selectorsOf } from '../../../kconfig/language/graph.ts';
import type { KconfigSymbol, KconfigTree } from '../../../kconfig/language/kconfig-tree.ts';
import type { NamedConfig } from './named-config.ts';
import type { TreeAtHand } from './tree-at-hand.ts';

/** What the Kconfig files of a tree say of a symbol, in texts. */
export interface SymbolDefinition {
  /** Whose Kconfig files: `linux-source-6.12 6.12.117-1 (trixie)`. */
  readonly origin: string;
  readonly version: string;
  /** The kernel whose values are beside the symbols that it depends on. */
  readonly valuesOf?: string;
  /** Absent: these sources do not have it. */
  readonly found?: {
    readonly type: string;
    readonly prompts: readonly string[];
    readonly menus: readonly string[];
    readonly places: readonly string[];
    readonly help?: string;
    /** What must hold, one by one, with the values of the symbols in it. */
    readonly dependsOn: readonly Condition[];
    readonly defaults: readonly string[];
    readonly ranges: readonly string[];
    readonly selects: readonly string[];
    readonly implies: readonly string[];
    readonly selectedBy: readonly string[];
    /** Symbols that name it in what they depend on. */
    readonly neededBy: readonly string[];
    readonly choice?: { readonly title: string; readonly members: readonly string[] };
  };
  readonly history?: SymbolHistory;
}

export interface Condition {
  readonly text: string;
  /** `CPUSETS is y`; empty where no configuration belongs to the sources. */
  readonly values: readonly string[];
}

export function describeSymbol(
  name: string,
  { kconfig, origin, version }: TreeAtHand,
  named: NamedConfig | undefined,
): SymbolDefinition {
  const symbol = kconfig.symbols.get(name);
  const history = SYMBOL_HISTORIES.get(name);
  return {
    origin,
    version,
    ...(named === undefined ? {} : { valuesOf: named.name }),
    ...(symbol === undefined ? {} : { found: describeFound(symbol, kconfig, named?.config) }),
    ...(history === undefined ? {} : { history }),
  };
}

function describeFound(
  symbol: KconfigSymbol,
  tree: KconfigTree,
  config: KernelConfig | undefined,
): NonNullable<SymbolDefinition['found']> {
  const { choice, help } = symbol;
  return {
    type: symbol.type,
    prompts: symbol.prompts.map(({ text, visibleIf }) => withCondition(`"${text}"`, visibleIf)),
    menus: symbol.menus,
    places: symbol.places.map(({ file, line }) => `${file}:${line}`),
    dependsOn: conjunctsOf(symbol.dependsOn).map((one) => describeCondition(one, config)),
    defaults: symbol.defaults.map((one) =>
      withCondition(printExpression(one.value), one.condition),
    ),
    ranges: symbol.ranges.map(({ low, high, condition }) =>
      withCondition(`${printExpression(low)} to ${printExpression(high)}`, condition),
    ),
    selects: symbol.selects.map((one) => withCondition(one.symbol, one.condition)),
    implies: symbol.implies.map((one) => withCondition(one.symbol, one.condition)),
    selectedBy: selectorsIn(tree, symbol.name),
    neededBy: [...(dependentsOf(tree).get(symbol.name) ?? [])].filter((one) =>
      symbolsIn(tree.symbols.get(one)?.dependsOn).has(symbol.name),
    ),
    ...(choice === undefined ? {} : { choice: { title: choice.title, members: choice.members } }),
    ...(help === undefined ? {} : { help }),
  };
}

function describeCondition(needs: Expression, config: KernelConfig | undefined): Condition {
  const names = config === undefined ? [] : [...symbolsIn(needs)];
  const values = names.map((name) => {
    const state = config === undefined ? undefined : stateOf(config, name);
    const value =
      state === undefined || state.kind === 'unknown' ? 'not set' : describeState(state);
    return needs.kind === 'symbol' ? value : `${name} is ${value}`;
  });
  return { text: printExpression(needs), values };
}

function selectorsIn(tree: KconfigTree, name: string): readonly string[] {
  return [...(selectorsOf(tree).get(name) ?? [])].flatMap((selector) => {
    const links = tree.symbols.get(selector)?.selects ?? [];
    const own = links.filter(({ symbol }) => symbol === name);
    return own.map(({ condition }) => withCondition(selector, condition));
  });
}

function withCondition(text: string, condition: Expression | undefined): string {
  return condition === undefined ? text : `${text} if ${printExpression(condition)}`;
}
