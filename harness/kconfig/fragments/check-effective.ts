import { describeState, type KernelConfig, type SymbolState, stateOf } from '../kernel-config.ts';
import type { KconfigTree } from '../language/kconfig-tree.ts';
import { createConfigured } from './configured.ts';
import { explainLoss } from './explain-loss.ts';
import type { LossReason, LostSymbol } from './lost-symbol.ts';
import { isSameValue } from './merge-requests.ts';
import { findNearNames } from './near-names.ts';
import type { Request, Wanted } from './request.ts';
import { SYMBOL_HISTORIES } from './symbol-history.ts';

const NONE: ReadonlySet<string> = new Set();

/**
 * What was requested and did not take, in the order of the requests. With a tree, reasons are read from its Kconfig
 * files and remedies are worked out. Symbols that may be absent are left out if they are.
 */
export function checkEffective(
  wanted: Wanted,
  effective: KernelConfig,
  tree?: KconfigTree,
  mayBeAbsent: ReadonlySet<string> = NONE,
): readonly LostSymbol[] {
  const configured = tree && createConfigured(tree, wanted, effective);
  return [...wanted.values()].flatMap((request): readonly LostSymbol[] => {
    const { symbol, value } = request;
    const state = stateOf(effective, symbol);
    const isKnown = tree === undefined ? state.kind !== 'unknown' : tree.symbols.has(symbol);
    if (mayBeAbsent.has(symbol) && (value === 'n' || state.kind !== 'value')) return [];
    if (!isKnown) return unknownSymbol(request, state, effective, tree);
    if (isTaken(request, state)) return [];
    const reason: LossReason =
      configured === undefined
        ? { kind: 'unexplained', hasTree: false }
        : explainLoss(configured, request);
    return [{ request, effective: state, reason, severity: 'error' }];
  });
}

/**
 * The requests that a kernel which is not built by kmx does not meet; empty if its own configuration meets
 * them all.
 */
export function satisfies(wanted: Wanted, config: KernelConfig): readonly LostSymbol[] {
  return checkEffective(wanted, config).filter(({ severity }) => severity === 'error');
}

function isTaken({ value }: Request, state: SymbolState): boolean {
  return state.kind === 'value' ? isSameValue(state.value, value) : value === 'n' || value === '""';
}

function unknownSymbol(
  request: Request,
  effective: SymbolState,
  { version, symbols }: KernelConfig,
  tree: KconfigTree | undefined,
): readonly LostSymbol[] {
  const history = SYMBOL_HISTORIES.get(request.symbol);
  const isOff = request.value === 'n';
  // Without a tree, a symbol that is off may be hidden by a dependency, which is not worth reporting.
  if (isOff && tree === undefined && history === undefined) return [];
  const reason: LossReason = {
    kind: 'unknown',
    hasTree: tree !== undefined,
    near: findNearNames(request.symbol, (tree?.symbols ?? symbols).keys()),
    ...(version === undefined ? {} : { version }),
    ...(history === undefined ? {} : { history }),
  };
  return [{ request, effective, reason, severity: isOff ? 'note' : 'error' }];
}

/** `y`, `not set`; a symbol that is not in a configuration counts as not set. */
export function describeEffective(state: SymbolState): string {
  return state.kind === 'unknown' ? 'not set' : describeState(state);
}
