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
   * `note`: the kernel does not know a symbol that was requested off, so that it is off; but perhaps its
   * name is misspelt.
   */
  readonly severity: 'error' | 'note';
}

export type LossReason =
  /** No Kconfig file of this tree defines it. */
  | {
      readonly kind: 'unknown';
      /** Symbols of this tree that may have been meant, the likeliest first. */
      readonly near: readonly string[];
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
  /** It is on because of others. */
  | {
      readonly kind: 'selected';
      readonly by: readonly Selector[];
      readonly remedy: readonly Assignment[];
    }
  /** It has no prompt: only its defaults and other symbols' `select` set it. */
  | {
      readonly kind: 'no-prompt';
      /** Those that would select it. */
      readonly selectedBy: readonly string[];
      readonly remedy: readonly Assignment[];
    }
  | { readonly kind: 'out-of-range'; readonly low: string; readonly high: string }
  /** Its type does not have such values. */
  | { readonly kind: 'wrong-type'; readonly type: SymbolType }
  /** Another member of its choice is on, or it is the one that is. */
  | {
      readonly kind: 'choice';
      readonly title: string;
      readonly members: readonly string[];
      readonly chosen?: string;
    }
  /** `m` without CONFIG_MODULES. */
  | { readonly kind: 'no-modules' }
  /** The tree says nothing against it, or there is no tree to ask. */
  | { readonly kind: 'unexplained'; readonly hasTree: boolean };

/** What does not hold of what a symbol depends on. */
export interface Unmet {
  readonly symbol: string;
  /** The part of its dependencies that does not hold. */
  readonly needs: Expression;
  /** Symbols of `needs`, with their values. */
  readonly states: readonly { readonly symbol: string; readonly state: SymbolState }[];
}

export interface Assignment {
  readonly symbol: string;
  readonly value: string;
}

export interface Selector {
  readonly symbol: string;
  /** Its value: `y` or `m`. */
  readonly value: string;
}
