import { isText } from '../language/config-values.ts';
import { numberOf } from '../language/evaluate.ts';
import { selectorsOf } from '../language/graph.ts';
import type { KconfigSymbol, SymbolType } from '../language/kconfig-tree.ts';
import { calculateRange } from '../language/range.ts';
import { asTristate, isAtLeast } from '../language/tristate.ts';
import type { Configured } from './configured.ts';
import { findRemedy } from './find-remedy.ts';
import { findUnmet } from './find-unmet.ts';
import type { LossReason, Selector } from './lost-symbol.ts';
import type { Request } from './request.ts';

/** Why a request for a symbol that the tree has did not take. */
export function explainLoss(configured: Configured, request: Request): LossReason {
  const { tree } = configured;
  const symbol = tree.symbols.get(request.symbol);
  if (symbol === undefined) return { kind: 'unexplained', hasTree: true };
  if (!VALUES[symbol.type].test(request.value)) return { kind: 'wrong-type', type: symbol.type };
  return isText(symbol)
    ? explainText(configured, symbol, request)
    : explainTristate(configured, symbol, request);
}

/** By type: what its values look like. */
const VALUES: Readonly<Record<SymbolType, RegExp>> = {
  bool: /^[yn]$/,
  tristate: /^[ymn]$/,
  string: /^"/,
  int: /^-?\d+$/,
  hex: /^(?:0[xX])?[0-9a-fA-F]+$/,
  unknown: /^/,
};

function explainText(
  configured: Configured,
  symbol: KconfigSymbol,
  { value }: Request,
): LossReason {
  const hidden = explainHidden(configured, symbol, value);
  if (hidden !== undefined) return hidden;
  const range = calculateRange(symbol, configured.values);
  const number = numberOf(value);
  if (range !== undefined && number !== undefined) {
    const [low, high] = [numberOf(range.low), numberOf(range.high)];
    if ((low !== undefined && number < low) || (high !== undefined && number > high)) {
      return { kind: 'out-of-range', ...range };
    }
  }
  return { kind: 'unexplained', hasTree: true };
}

function explainTristate(
  configured: Configured,
  symbol: KconfigSymbol,
  { value }: Request,
): LossReason {
  const now = asTristate(configured.values(symbol.name) ?? 'n');
  const wanted = asTristate(value);
  const isTooHigh = !isAtLeast(wanted, now);
  const by = isTooHigh ? activeSelectors(configured, symbol, wanted) : [];
  if (by.length > 0) {
    return { kind: 'selected', by, remedy: findRemedy(configured, { symbol: symbol.name, value }) };
  }
  if (value === 'm' && configured.values('MODULES') !== 'y' && !symbol.isModules) {
    return { kind: 'no-modules' };
  }
  const hidden = explainHidden(configured, symbol, value);
  if (hidden !== undefined) return hidden;
  const { choice } = symbol;
  if (choice === undefined) return { kind: 'unexplained', hasTree: true };
  const chosen = choice.members.find((name) => configured.values(name) === 'y');
  return {
    kind: 'choice',
    title: choice.title,
    members: choice.members,
    ...(chosen === undefined ? {} : { chosen }),
  };
}

/** Undefined if its prompt is shown. */
function explainHidden(
  configured: Configured,
  symbol: KconfigSymbol,
  value: string,
): LossReason | undefined {
  const target = { symbol: symbol.name, value };
  if (symbol.prompts.length === 0) {
    const selectors = [...(selectorsOf(configured.tree).get(symbol.name) ?? [])];
    return { kind: 'no-prompt', selectors, remedy: findRemedy(configured, target) };
  }
  // A prompt must be shown to turn a symbol off, too.
  const least = value === 'm' || value === 'n' ? 'm' : 'y';
  const chain = findUnmet(configured, symbol, least);
  if (chain.length === 0) return undefined;
  return { kind: 'dependency', chain, remedy: findRemedy(configured, target) };
}

function activeSelectors(
  { tree, values }: Configured,
  { name }: KconfigSymbol,
  wanted: 'n' | 'm' | 'y',
): readonly Selector[] {
  return [...(selectorsOf(tree).get(name) ?? [])].flatMap((selector) => {
    const value = asTristate(values(selector) ?? 'n');
    return value === 'n' || isAtLeast(wanted, value) ? [] : [{ symbol: selector, value }];
  });
}
