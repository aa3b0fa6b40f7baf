/**
 * Expressions of the Kconfig language (Documentation/kbuild/kconfig-language.rst). Chains of `&&` and `||`
 * are flat, so that a long one is not a deep one.
 */
export type Expression =
  /** A symbol without `CONFIG_`, whether the tree defines it or not. */
  | { readonly kind: 'symbol'; readonly name: string }
  /** `y`, `m`, `n`, a number, or a text without its quotation marks. */
  | { readonly kind: 'constant'; readonly value: string }
  /** A macro whose value is not known here, as written: `$(cc-option,-fno-builtin)`. */
  | { readonly kind: 'unknown'; readonly text: string }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Expression[] }
  | {
      readonly kind: 'comparison';
      readonly operator: ComparisonOperator;
      readonly left: Operand;
      readonly right: Operand;
    };

/** What a comparison may have on either side. */
export type Operand = Extract<Expression, { readonly kind: 'symbol' | 'constant' | 'unknown' }>;

export const COMPARISON_OPERATORS = ['=', '!=', '<', '<=', '>', '>='] as const;
export type ComparisonOperator = (typeof COMPARISON_OPERATORS)[number];
