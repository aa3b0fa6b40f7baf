/** Cells that the host cannot run as they are meant: no guest of theirs was started. */
import { BOOTS, isSameTest, type TestId } from '../events.ts';
import type { Verdict } from '../verdict/verdict.ts';

interface Cell {
  readonly tests: readonly (TestId & {
    readonly verdict: Verdict;
    readonly detail?: { readonly message?: string };
  })[];
}

/** Why nothing of a cell was tried; undefined if something was. Only planning skips the test `boots`. */
export function whySkipped({ tests }: Cell): string | undefined {
  const boots = tests.find((test) => isSameTest(test, BOOTS));
  return boots?.verdict === 'skip' ? (boots.detail?.message ?? 'without a reason') : undefined;
}
