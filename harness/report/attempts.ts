import { omitUndefined } from '../omit-undefined.ts';
import { independentCrashes } from '../verdict/consequences.ts';
import { isGuestsDoing } from '../verdict/verdict.ts';
import type { AttemptReport, TestReport } from './schema.ts';

/**
 * A test with one more attempt. The first attempt that measured anything stands, whatever comes
 * after it: a retry turns nothing green. A test whose attempts ended differently is flaky, even if
 * only a crash beside the deciding one differs, and so is one that a guest kept from being measured:
 * it may have garbled its channel instead of failing.
 */
export function addAttempt(before: TestReport, next: AttemptReport): TestReport {
  const { file, title, startMs, attempts: earlier, isFlaky: _, ...first } = before;
  const attempts = [...(earlier ?? [first]), next];
  const measured = attempts.filter(({ verdict }) => verdict !== 'miss');
  const standing = measured[0] ?? first;
  const end = endOf(standing);
  const isFlaky =
    attempts.slice(0, -1).some(({ detail }) => isGuestsDoing(detail?.missKind)) ||
    measured.some((attempt) => endOf(attempt) !== end);
  return {
    ...{ file, title, ...standing, attempts },
    ...omitUndefined({ startMs, isFlaky: isFlaky || undefined }),
  };
}

/** The same text for the same end: the verdict and every crash, in whatever order they came. */
function endOf({ verdict, signature, findings }: AttemptReport): string {
  const crashes = independentCrashes(findings).map((crash) => crash.signature);
  return JSON.stringify([verdict, signature, [...new Set(crashes)].toSorted()]);
}

/** How many attempts were not measured and were repeated. */
export function countRepeatedMisses({ attempts = [] }: TestReport): number {
  return attempts.slice(0, -1).filter(({ verdict }) => verdict === 'miss').length;
}
