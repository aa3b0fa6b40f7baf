import { isGood, VERDICTS, type Verdict } from '../verdict/verdict.ts';
import { CHANGES, type Change } from './changes.ts';
import type { ComparedTest } from './compared-run.ts';
import type { Outcome } from './comparison.ts';

/** A test's result in one column; `undefined`: the column has no such test. */
export type Result = ComparedTest | undefined;

/** Results with the same identity do not differ. */
export function identityOf(result: Result): string {
  if (result === undefined) return 'absent';
  const { verdict, signature, why } = result;
  if (verdict === 'pass') return verdict;
  return `${verdict}\n${signature ?? why}`;
}

export function outcomeOf(result: Result): Outcome {
  if (result === undefined) return { kind: 'absent' };
  const { verdict, signature } = result;
  return { kind: 'verdict', verdict, ...(signature === undefined ? {} : { signature }) };
}

/**
 * How each result differs from the first; `undefined`: not at all. Of one run's cells, each has the tests
 * that the profile gives it: only between runs does a test appear or vanish.
 */
export function changesOf(
  results: readonly Result[],
  isAcrossRuns: boolean,
): readonly (Change | undefined)[] {
  if (isAcrossRuns) return results.map((result) => changeBetween(results[0], result));
  const first = results.find((result) => result !== undefined);
  return results.map((result) => result && changeBetween(first, result));
}

function changeBetween(first: Result, other: Result): Change | undefined {
  if (identityOf(first) === identityOf(other)) return undefined;
  if (first === undefined) return 'appeared';
  if (other === undefined) return 'vanished';
  if (!isMeasured(first.verdict) || !isMeasured(other.verdict)) return 'not-comparable';
  if (isGood(first.verdict)) return 'regression';
  return isGood(other.verdict) ? 'improvement' : 'changed';
}

/** What was skipped says no more about the product than what could not be measured. */
function isMeasured(verdict: Verdict): boolean {
  return verdict !== 'skip' && verdict !== 'miss';
}

export function gravest(changes: readonly (Change | undefined)[]): Change | undefined {
  return CHANGES.find((change) => changes.includes(change));
}

/** From worst to best: what is worse is what there must be a reason for. */
export function worstOf(results: readonly Result[]): ComparedTest | undefined {
  return sortByVerdict(results).at(0);
}

/** A pass if there is one. */
export function bestOf(results: readonly Result[]): ComparedTest | undefined {
  return results.find((result) => result?.verdict === 'pass') ?? sortByVerdict(results).at(-1);
}

function sortByVerdict(results: readonly Result[]): readonly ComparedTest[] {
  return results
    .filter((result) => result !== undefined)
    .toSorted((one, other) => rankOf(one) - rankOf(other));
}

function rankOf({ verdict }: ComparedTest): number {
  // A skip differs from a pass for a reason, and from a failure because it was not tried.
  return verdict === 'pass' ? VERDICTS.length : VERDICTS.indexOf(verdict);
}
