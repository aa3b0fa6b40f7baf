/** Why a test has its verdict. Whoever gives a test's reason to a person asks here. */
import type { TestDetail } from '../events.ts';
import type { Finding } from './finding.ts';
import type { Verdict } from './verdict.ts';

interface Decided {
  readonly verdict: Verdict;
  readonly detail?: TestDetail;
  readonly findings: readonly Finding[];
}

/** The finding that the verdict is; absent where something else decided. */
export function decidingFinding({
  verdict,
  findings,
}: Pick<Decided, 'verdict' | 'findings'>): Finding | undefined {
  const [first] = findings;
  return first?.class === verdict ? first : undefined;
}

/**
 * The title of the finding that decided, else the assertion's message or what was unmet; empty where
 * there is nothing to say. Other findings stand beside the reason and are none: a test that fails
 * while the kernel kills a container for memory, as it was told to, has not failed for that.
 */
export function reasonOf(test: Decided): string {
  return decidingFinding(test)?.title ?? test.detail?.message ?? '';
}

/** Findings that did not decide: notes, and consequences of the one that did. */
export function findingsBeside(test: Pick<Decided, 'verdict' | 'findings'>): readonly Finding[] {
  return decidingFinding(test) === undefined ? test.findings : test.findings.slice(1);
}
