import type { Request, Wanted } from './request.ts';

/** What several fragments ask for together. */
export interface MergedRequests {
  readonly wanted: Wanted;
  /** Requests that a later fragment has changed, in the order of the later ones. */
  readonly overridden: readonly Overridden[];
  /** Requests of one fragment, or of one list, that cannot both be meant. */
  readonly contradictions: readonly Contradiction[];
}

export interface Overridden {
  readonly request: Request;
  readonly by: Request;
}

/** Two requests of the same source for the same symbol, with different values. */
export interface Contradiction {
  readonly first: Request;
  readonly second: Request;
}

/**
 * Merges lists of requests, one for each fragment, in their order: the last one for a symbol counts. Within one list, a
 * symbol that is there twice with different values is a contradiction; the same value twice is not.
 */
export function mergeRequests(lists: Iterable<readonly Request[]>): MergedRequests {
  const wanted = new Map<string, Request>();
  const overridden: Overridden[] = [];
  const contradictions: Contradiction[] = [];
  for (const requests of lists) {
    const own = new Map<string, Request>();
    for (const request of requests) {
      const before = own.get(request.symbol);
      if (before !== undefined && !isSameValue(before.value, request.value)) {
        contradictions.push({ first: before, second: request });
      }
      own.set(request.symbol, request);
    }
    for (const request of own.values()) {
      const before = wanted.get(request.symbol);
      if (before !== undefined && !isSameValue(before.value, request.value)) {
        overridden.push({ request: before, by: request });
      }
      wanted.set(request.symbol, request);
    }
  }
  return { wanted, overridden, contradictions };
}

/** Numbers may be written in more than one way: `0x10` and `0x0010`, `0X10`. */
export function isSameValue(one: string, other: string): boolean {
  return one === other || (isNumber(one) && isNumber(other) && BigInt(one) === BigInt(other));
}

function isNumber(value: string): boolean {
  return /^(?:\d{1,32}|0[xX][0-9a-fA-F]{1,32})$/.test(value);
}
