import type { Expression, Operand } from './expression.ts';
import { asTristate, higher, inverse, isAtLeast, lower, type Truth } from './tristate.ts';

/**
 * Values of symbols: `y`, `m` and `n`, texts without quotation marks. Undefined for a symbol that the tree does
 * not have: it is `n`, and in comparisons its own name.
 */
export type ValueOf = (symbol: string) => string | undefined;

/**
 * The value of an expression, with the three values of Kconfig and a fourth, undefined, for what depends on a
 * macro that is not known. An absent one always holds.
 */
export function evaluate(expression: Expression | undefined, values: ValueOf): Truth {
  if (expression === undefined) return 'y';
  switch (expression.kind) {
    case 'symbol':
      return asTristate(values(expression.name) ?? 'n');
    case 'constant':
      if (expression.value === 'm') return values('MODULES') === 'y' ? 'm' : 'n';
      return asTristate(expression.value);
    case 'unknown':
      return undefined;
    case 'not': {
      const value = evaluate(expression.operand, values);
      return value && inverse(value);
    }
    case 'and':
      return evaluateAll(expression.operands, values);
    case 'or':
      return evaluateAny(expression.operands, values);
    case 'comparison':
      return evaluateComparison(expression, values);
  }
}

/** `n` decides, whatever is unknown. */
function evaluateAll(operands: readonly Expression[], values: ValueOf): Truth {
  let result: Truth = 'y';
  for (const operand of operands) {
    const value = evaluate(operand, values);
    if (value === 'n') return 'n';
    result = value === undefined || result === undefined ? undefined : lower(result, value);
  }
  return result;
}

/** `y` decides, whatever is unknown. */
function evaluateAny(operands: readonly Expression[], values: ValueOf): Truth {
  let result: Truth = 'n';
  for (const operand of operands) {
    const value = evaluate(operand, values);
    if (value === 'y') return 'y';
    result = value === undefined || result === undefined ? undefined : higher(result, value);
  }
  return result;
}

type Comparison = Extract<Expression, { readonly kind: 'comparison' }>;

function evaluateComparison({ operator, left, right }: Comparison, values: ValueOf): Truth {
  const [one, other] = [textOf(left, values), textOf(right, values)];
  if (one === undefined || other === undefined) return undefined;
  const order = compare(one, other);
  const holds = {
    '=': order === 0,
    '!=': order !== 0,
    '<': order < 0,
    '<=': order <= 0,
    '>': order > 0,
    '>=': order >= 0,
  }[operator];
  return holds ? 'y' : 'n';
}

/** Undefined if it is not known. */
export function textOf(operand: Operand, values: ValueOf): string | undefined {
  switch (operand.kind) {
    case 'symbol':
      return values(operand.name) ?? operand.name;
    case 'constant':
      return operand.value;
    case 'unknown':
      return undefined;
  }
}

/** As numbers if both are, or as tristates; else as texts (scripts/kconfig/expr.c, expr_calc_value). */
function compare(one: string, other: string): number {
  const numbers = [numberOf(one), numberOf(other)] as const;
  const [left, right] = numbers;
  if (left !== undefined && right !== undefined) return left < right ? -1 : left > right ? 1 : 0;
  if (/^[ymn]$/.test(one) && /^[ymn]$/.test(other)) {
    if (one === other) return 0;
    return isAtLeast(asTristate(one), asTristate(other)) ? 1 : -1;
  }
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Addresses do not fit into floating point. */
export function numberOf(text: string): bigint | undefined {
  if (/^0[xX][0-9a-fA-F]{1,32}$/.test(text)) return BigInt(text);
  if (!/^-?\d{1,32}$/.test(text)) return undefined;
  return BigInt(text);
}
