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

export function isOperand(expression: Expression): expression is Operand {
  return ['symbol', 'constant', 'unknown'].includes(expression.kind);
}

/** All of them, of which some may be absent; undefined if none is left. */
export function allOf(expressions: readonly (Expression | undefined)[]): Expression | undefined {
  return join('and', expressions);
}

/** Any of them; undefined, which always holds, if one is absent. */
export function anyOf(expressions: readonly (Expression | undefined)[]): Expression | undefined {
  return expressions.includes(undefined) ? undefined : join('or', expressions);
}

function join(
  kind: 'and' | 'or',
  expressions: readonly (Expression | undefined)[],
): Expression | undefined {
  const operands = expressions.filter((one) => one !== undefined);
  return operands.length > 1 ? { kind, operands } : operands[0];
}

/** What must hold, one by one: the operands of `&&`, and of those in them. */
export function conjunctsOf(expression: Expression | undefined): readonly Expression[] {
  if (expression === undefined) return [];
  return expression.kind === 'and' ? expression.operands.flatMap(conjunctsOf) : [expression];
}

/** The names of the symbols in it, in their order. */
export function symbolsIn(expression: Expression | undefined): ReadonlySet<string> {
  if (expression === undefined) return NO_SYMBOLS;
  let names = known.get(expression);
  if (names === undefined) {
    names = new Set(operandsOf(expression).flatMap((one) => [...symbolsIn(one)]));
    if (expression.kind === 'symbol') names.add(expression.name);
    known.set(expression, names);
  }
  return names;
}

const NO_SYMBOLS: ReadonlySet<string> = new Set();
/** What a menu depends on is in the expressions of all its symbols. */
const known = new WeakMap<Expression, Set<string>>();

function operandsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'not':
      return [expression.operand];
    case 'and':
    case 'or':
      return expression.operands;
    case 'comparison':
      return [expression.left, expression.right];
    default:
      return [];
  }
}

/** As in a Kconfig file: `A && (B || !C)`. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'symbol':
      return expression.name;
    case 'constant':
      return BARE.test(expression.value) ? expression.value : quote(expression.value);
    case 'unknown':
      return expression.text;
    case 'not':
      return `!${printOperand(expression.operand, false)}`;
    case 'and':
      return expression.operands.map((one) => printOperand(one, one.kind === 'and')).join(' && ');
    case 'or':
      return expression.operands.map((one) => printOperand(one, one.kind !== 'not')).join(' || ');
    case 'comparison': {
      const { operator, left, right } = expression;
      return `${printExpression(left)}${spaced(operator)}${printExpression(right)}`;
    }
  }
}

/** What is a constant without quotation marks. */
const BARE = /^(?:[ymn]|-?\d+|0[xX][0-9a-fA-F]+)$/;

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function spaced(operator: ComparisonOperator): string {
  return operator === '=' || operator === '!=' ? operator : ` ${operator} `;
}

function printOperand(expression: Expression, isBare: boolean): string {
  const text = printExpression(expression);
  const isJoined = expression.kind === 'and' || expression.kind === 'or';
  const isAmbiguous = isJoined || (expression.kind === 'comparison' && !isBare);
  return isAmbiguous && !isBare ? `(${text})` : text;
}
