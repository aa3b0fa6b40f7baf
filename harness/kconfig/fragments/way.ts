/** Requests that lead to something, and how they are put together. */
import type { Assignment } from './lost-symbol.ts';

/** Undefined: no way was found. */
export type Way =
  | { readonly assignments: readonly Assignment[]; readonly cost: number }
  | undefined;

export const NOTHING_TO_DO: Way = { assignments: [], cost: 0 };

/** Nobody sets more by hand. */
export const LENGTH_MAX = 20;

/** One more request, after those of a way. */
export function then({ assignments, cost }: NonNullable<Way>, symbol: string, value: string): Way {
  return { assignments: [...assignments, { symbol, value }], cost: cost + 1 };
}

export function shortest(ways: readonly Way[]): Way {
  return ways.reduce<Way>((best, way) => {
    if (way === undefined) return best;
    return best === undefined || way.cost < best.cost ? way : best;
  }, undefined);
}

/** All of them, in their order, each assignment once; undefined if one of them is, or if two contradict each other. */
export function join(ways: readonly Way[]): Way {
  const joined = new Map<string, Assignment>();
  let extra = 0;
  for (const way of ways) {
    if (way === undefined) return undefined;
    extra += way.cost - way.assignments.length;
    for (const one of way.assignments) {
      const before = joined.get(one.symbol);
      if (before !== undefined && (before.value === 'n') !== (one.value === 'n')) return undefined;
      if (before?.value !== 'y') joined.set(one.symbol, one);
    }
    if (joined.size > 4 * LENGTH_MAX) return undefined;
  }
  return { assignments: [...joined.values()], cost: joined.size + extra };
}
