import { evaluate } from '../language/evaluate.ts';
import {
  conjunctsOf,
  type Expression,
  printExpression,
  symbolsIn,
} from '../language/expression.ts';
import type { KconfigSymbol } from '../language/kconfig-tree.ts';
import { isAtLeast, type Tristate } from '../language/tristate.ts';
import type { Configured } from './configured.ts';
import type { Unmet } from './lost-symbol.ts';

/** More would not be read. */
const CHAIN_MAX = 12;
const STATES_MAX = 6;

/**
 * The unmet dependencies of a symbol, those of these, and so on, down to symbols that
 * could be set. Empty if all are met, or if an unknown macro decides.
 */
export function findUnmet(
  configured: Configured,
  symbol: KconfigSymbol,
  value: Tristate,
): readonly Unmet[] {
  const chain: Unmet[] = [];
  const seen = new Set([symbol.name]);
  const waiting = [symbol];
  // An array is iterated over what is added meanwhile.
  for (const one of waiting) {
    for (const unmet of unmetOf(configured, one, value)) {
      if (chain.length === CHAIN_MAX) return chain;
      chain.push(unmet);
      const { needs } = unmet;
      const next = needs.kind === 'symbol' && configured.tree.symbols.get(needs.name);
      if (next === false || next === undefined || seen.has(next.name)) continue;
      seen.add(next.name);
      waiting.push(next);
    }
  }
  return chain;
}

function unmetOf(configured: Configured, symbol: KconfigSymbol, value: Tristate): readonly Unmet[] {
  const fails = (one: Expression): boolean => {
    // For `bool`, m is as good as y.
    const least = symbol.type === 'tristate' ? value : 'm';
    const now = evaluate(one, configured.values);
    return now !== undefined && !isAtLeast(now, least);
  };
  const unmet = (of: Unmet['of'], needs: Expression): Unmet => ({
    symbol: symbol.name,
    of,
    needs,
    states: [...symbolsIn(needs)].slice(0, STATES_MAX).map((name) => ({
      symbol: name,
      state: configured.state(name),
      isUpToTools: isUpToTools(configured.tree.symbols.get(name)),
    })),
  });
  const own = distinct(conjunctsOf(symbol.dependsOn).filter(fails));
  const hidden = symbol.prompts.map(({ visibleIf }) => conjunctsOf(visibleIf).filter(fails));
  const ofPrompt = hidden.some((one) => one.length === 0) ? [] : (hidden[0] ?? []);
  return [
    ...own.map((one) => unmet('symbol', one)),
    ...ofPrompt.map((one) => unmet('prompt', one)),
  ];
}

/** A symbol may depend on the same in more than one place: itself, its menu, an `if`. */
function distinct(expressions: readonly Expression[]): readonly Expression[] {
  return [...new Map(expressions.map((one) => [printExpression(one), one])).values()];
}

/** Without a prompt, and with a default that is asked of them: `def_bool $(cc-option,…)`. */
function isUpToTools(symbol: KconfigSymbol | undefined): boolean {
  if (symbol === undefined || symbol.prompts.length > 0) return false;
  return symbol.defaults.some(({ value }) => conjunctsOf(value).some(isUnknown));
}

function isUnknown({ kind }: Expression): boolean {
  return kind === 'unknown';
}
