/**
 * What else would have to be requested so that a request takes. What a search finds is checked by calculating
 * the resulting configuration, and requests that turn out to be superfluous are left out.
 */
import type { Configured } from './configured.ts';
import type { Assignment } from './lost-symbol.ts';
import { isSameValue } from './merge-requests.ts';
import { RemedySearch } from './remedy-search.ts';
import { LENGTH_MAX } from './way.ts';

/** Requests that, together with those that are there, give the symbol this value; empty if none were found. */
export function findRemedy(
  configured: Configured,
  { symbol, value }: Assignment,
): readonly Assignment[] {
  const search = new RemedySearch(configured);
  const found = search.takes(symbol, value)?.assignments.filter((one) => one.symbol !== symbol);
  if (found === undefined || found.length === 0 || found.length > LENGTH_MAX) return [];
  const isEnough = (assignments: readonly Assignment[]): boolean => {
    const values = configured.withRequests(assignments);
    return [{ symbol, value }, ...assignments].every((one) =>
      isSameValue(values(one.symbol) ?? 'n', one.value),
    );
  };
  if (!isEnough(found)) return [];
  return found.reduce<readonly Assignment[]>((left, one) => {
    const without = left.filter((other) => other !== one);
    return without.length > 0 && isEnough(without) ? without : left;
  }, found);
}
