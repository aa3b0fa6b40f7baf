/** Why a test has its verdict. Everything that shows people a test's reason asks here. */
import type { TestDetail } from '../events.ts';
import type { Finding } from './finding.ts';
import type { Verdict } from './verdict.ts';

interface Decided<F extends Pick<Finding, 'class'> = Finding> {
  readonly verdict: Verdict;
  readonly detail?: Pick<TestDetail, 'message'>;
  readonly findings: readonly F[];
}

/** The finding that decided the verdict; absent where something else did. */
export function decidingFinding<F extends Pick<Finding, 'class'>>({
  verdict,
  findings,
}: Pick<Decided<F>, 'verdict' | 'findings'>): F | undefined {
  const [first] = findings;
  return first?.class === verdict ? first : undefined;
}

/**
 * The title of the finding that decided, else the assertion's message or the unmet requirement;
 * empty if there is nothing to say. Other findings are not the reason: a test that fails while the
 * kernel, as it was told to, kills a container for memory has not failed for that.
 */
export function reasonOf(test: Decided<Pick<Finding, 'class' | 'title'>>): string {
  return decidingFinding(test)?.title ?? test.detail?.message ?? '';
}

/** Findings that did not decide: notes, and consequences of the one that did. */
export function findingsBeside(test: Pick<Decided, 'verdict' | 'findings'>): readonly Finding[] {
  return decidingFinding(test) === undefined ? test.findings : test.findings.slice(1);
}
