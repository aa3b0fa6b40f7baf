import type { TestId } from '../events.ts';
import { matchesTest } from '../expectations/test-pattern.ts';
import type { CgroupMode } from '../matrix/cell.ts';
import type { AgentNeeds } from './agent-needs.ts';
import { withRequired } from './causes.ts';
import type { Features } from './feature.ts';

/** Where a test goes wrong. */
export interface SuspectPlace {
  readonly cgroup: CgroupMode;
  /** Absent: nothing is known of what it needs. */
  readonly agent?: AgentNeeds;
  readonly test: TestId;
}

/**
 * The symbols that may be behind the outcome of a test, the likeliest first: of what the agent needs for this
 * test, in the order of its needs; of what the test itself asks for; of all that the agent needs.
 */
export function suspectsOf(
  { cgroup, agent, test }: SuspectPlace,
  features: Features,
): readonly string[] {
  const matches = (patterns: readonly string[]): boolean =>
    patterns.some((pattern) => matchesTest(test, pattern));
  const needs = (agent?.needs ?? []).filter(({ cgroups }) => cgroups.includes(cgroup));
  const asked = [...features.values()].filter(
    ({ skips }) => skips?.cgroups.includes(cgroup) === true && matches(skips.tests),
  );
  const facts = [
    ...needs.filter(({ tests }) => matches(tests)).map(({ feature }) => feature),
    ...asked.map(({ fact }) => fact),
    ...needs.map(({ feature }) => feature),
  ];
  const symbols = [...new Set(facts)].flatMap((fact) =>
    withRequired(fact, features).flatMap((feature) => feature.symbols),
  );
  return [...new Set(symbols.map(({ symbol }) => symbol))];
}
