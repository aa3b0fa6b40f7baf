import { isSameTest, type TestId } from '../../events.ts';
import type { Verdict } from '../../verdict/verdict.ts';

/** What a try at a test came to, as far as expectations look at it. */
export interface Attempted {
  readonly verdict: Verdict;
  readonly signature?: string;
}

/** How often what was not as expected is tried again, each time in a fresh guest. */
export interface RetryPolicy {
  /** Further tries at a test until one of them is as expected. */
  readonly retries: number;
  /** Further tries at a test that was not measured; they do not count as the ones above. */
  readonly missRetries: number;
  readonly isAsExpected: (test: TestId, attempted: Attempted) => boolean;
}

/** The tries at each test of a cell. */
export interface Attempts {
  /** The number of this try at the test, from 1. */
  add(test: TestId, attempted: Attempted): number;
  /** Tests that are to be tried again, in the order in which they were first tried. */
  readonly toRetry: readonly TestId[];
  has(test: TestId): boolean;
}

interface Tries {
  readonly test: TestId;
  last: Attempted;
  misses: number;
  results: number;
}

export function createAttempts(policy: RetryPolicy): Attempts {
  const all: Tries[] = [];
  const find = (test: TestId): Tries | undefined =>
    all.find((other) => isSameTest(test, other.test));

  function shouldRetry({ test, last, misses, results }: Tries): boolean {
    if (last.verdict === 'miss') return misses <= policy.missRetries;
    return !policy.isAsExpected(test, last) && results <= policy.retries;
  }

  return {
    add(test, attempted) {
      let tries = find(test);
      if (tries === undefined) {
        tries = { test, last: attempted, misses: 0, results: 0 };
        all.push(tries);
      }
      tries.last = attempted;
      if (attempted.verdict === 'miss') tries.misses += 1;
      else tries.results += 1;
      return tries.misses + tries.results;
    },
    get toRetry() {
      return all.filter(shouldRetry).map(({ test }) => test);
    },
    has: (test) => find(test) !== undefined,
  };
}
