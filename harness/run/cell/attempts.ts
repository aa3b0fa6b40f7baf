import { isSameTest, type TestDetail, type TestId } from '../../events.ts';
import type { Finding } from '../../verdict/finding.ts';
import type { Verdict } from '../../verdict/verdict.ts';

/** The outcome of a try at a test, as far as expectations consider it. */
export interface Attempted {
  readonly verdict: Verdict;
  readonly signature?: string;
  readonly findings: readonly Finding[];
  readonly detail?: Pick<TestDetail, 'missKind'>;
}

/** How often a test that was not as expected is retried, each time in a fresh guest. */
export interface RetryPolicy {
  /** Maximum number of further tries, until one is as expected. */
  readonly retries: number;
  /** Maximum number of further tries of a missed test; counted separately. */
  readonly missRetries: number;
  readonly isAsExpected: (test: TestId, attempted: Attempted) => boolean;
}

/** The tries at each test of a cell. */
export interface Attempts {
  /** Adds a try; returns its number among those at the test, from 1. */
  add(test: TestId, attempted: Attempted): number;
  /** Tests that are to be retried, in the order of their first tries. */
  readonly toRetry: readonly TestId[];
  has(test: TestId): boolean;
}

interface Tries {
  readonly test: TestId;
  last: Attempted;
  misses: number;
  /** Misses by the emulator's fault. */
  faults: number;
  results: number;
}

/** Further tries of a test that the emulator spoilt, whatever the policy says: they cost nobody a bug. */
const FAULT_RETRIES = 2;

export function createAttempts(policy: RetryPolicy): Attempts {
  const all: Tries[] = [];
  const find = (test: TestId): Tries | undefined =>
    all.find((other) => isSameTest(test, other.test));

  function shouldRetry({ test, last, misses, faults, results }: Tries): boolean {
    if (isFault(last)) return faults <= Math.max(FAULT_RETRIES, policy.missRetries);
    if (last.verdict === 'miss') return misses <= policy.missRetries;
    return !policy.isAsExpected(test, last) && results <= policy.retries;
  }

  return {
    add(test, attempted) {
      let tries = find(test);
      if (tries === undefined) {
        tries = { test, last: attempted, misses: 0, faults: 0, results: 0 };
        all.push(tries);
      }
      tries.last = attempted;
      if (isFault(attempted)) tries.faults += 1;
      else if (attempted.verdict === 'miss') tries.misses += 1;
      else tries.results += 1;
      return tries.misses + tries.faults + tries.results;
    },
    get toRetry() {
      return all.filter(shouldRetry).map(({ test }) => test);
    },
    has: (test) => find(test) !== undefined,
  };
}

function isFault({ verdict, detail }: Attempted): boolean {
  return verdict === 'miss' && detail?.missKind === 'emulator';
}
