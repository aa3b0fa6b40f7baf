import type { SymbolState } from '../kernel-config.ts';
import type { Expression } from '../language/expression.ts';
import type { SymbolType } from '../language/kconfig-tree.ts';
import type { Request } from './request.ts';
import type { SymbolHistory } from './symbol-history.ts';

/** A symbol that was requested with one value and has another one in the effective configuration. */
export interface LostSymbol {
  readonly request: Request;
  readonly effective: SymbolState;
  readonly reason: LossReason;
  /**
   * `note`: the kernel does not know a symbol that was requested off. It is off, then; but its name may be misspelt, or
   * an older kernel may always do what the symbol stands for.
   */
  readonly severity: 'error' | 'note';
}

export type LossReason =
  /** No Kconfig file of this tree defines it; without a tree, the configuration does not have it. */
  | {
      readonly kind: 'unknown';
      readonly hasTree: boolean;
      /** Symbols that may have been meant, the likeliest first. */
      readonly near: readonly string[];
      readonly version?: string;
      readonly history?: SymbolHistory;
    }
  /** Something that it depends on does not hold. */
  | {
      readonly kind: 'dependency';
      /** From what the symbol itself needs down to what would have to be set. */
      readonly chain: readonly Unmet[];
      /** The fewest requests that were found, and checked, to make it take; empty if none were. */
      readonly remedy: readonly Assignment[];
    }
  /** It is on because others select it. */
  | {
      readonly kind: 'selected';
      readonly by: readonly Selector[];
      readonly remedy: readonly Assignment[];
    }
  /** It has no prompt: only its defaults and other symbols' `select` set it. */
  | {
      readonly kind: 'no-prompt';
      /** Those that select it. */
      readonly selectors: readonly string[];
      readonly remedy: readonly Assignment[];
    }
  | { readonly kind: 'out-of-range'; readonly low: string; readonly high: string }
  /** Its type does not have such values. */
  | { readonly kind: 'wrong-type'; readonly type: SymbolType }
  /** Another member of its choice is on, or it is the one that is on. */
  | {
      readonly kind: 'choice';
      readonly title: string;
      readonly members: readonly string[];
      readonly chosen?: string;
    }
  /** `m` in a kernel without modules. */
  | { readonly kind: 'no-modules' }
  /** The tree says nothing against it, or there is no tree to ask. */
  | { readonly kind: 'unexplained'; readonly hasTree: boolean };

/** What does not hold of what a symbol depends on. */
export interface Unmet {
  readonly symbol: string;
  /** Whether it is a condition of the symbol or only of its prompt, without which it cannot be set. */
  readonly of: 'symbol' | 'prompt';
  /** The part of it that does not hold. */
  readonly needs: Expression;
  /** The symbols in `needs`. */
  readonly states: readonly SymbolInState[];
}

export interface SymbolInState {
  readonly symbol: string;
  readonly state: SymbolState;
  /** Whether the compiler and other tools decide it, so that no request can change it. */
  readonly isUpToTools: boolean;
}

export interface Assignment {
  readonly symbol: string;
  readonly value: string;
}

export interface Selector {
  readonly symbol: string;
  /** Its value, `y` or `m`. */
  readonly value: string;
}
