/** Values of `bool` and `tristate`, and of expressions, in their order. */
export const TRISTATES = ['n', 'm', 'y'] as const;
export type Tristate = (typeof TRISTATES)[number];

/** Undefined where a macro decides whose value is not known. */
export type Truth = Tristate | undefined;

export function asTristate(value: string): Tristate {
  return value === 'y' || value === 'm' ? value : 'n';
}

export function isAtLeast(value: Tristate, least: Tristate): boolean {
  return TRISTATES.indexOf(value) >= TRISTATES.indexOf(least);
}

export function lower(one: Tristate, other: Tristate): Tristate {
  return isAtLeast(one, other) ? other : one;
}

export function higher(one: Tristate, other: Tristate): Tristate {
  return isAtLeast(one, other) ? one : other;
}

export function inverse(value: Tristate): Tristate {
  return value === 'm' ? 'm' : value === 'y' ? 'n' : 'y';
}
