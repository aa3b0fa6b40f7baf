import type { Cause } from '../needs/feature.ts';
import type { Candidate } from './candidates.ts';
import type { Environment } from './compared-run.ts';
import type { Evidence } from './evidence.ts';
import { isLack } from './fact-key.ts';
import { type Knowledge, knownKernel } from './knowledge.ts';

/**
 * What the table of needs puts behind a missing fact in the cells with the worse result, and not in
 * those with the better one.
 */
export function findCauses(
  { key }: Candidate,
  evidence: Evidence,
  knowledge: Knowledge,
): readonly Cause[] {
  const fact = featureOf(key, evidence);
  if (fact === undefined) return [];
  const behind = (is: (environment: Environment) => boolean): ReadonlyMap<string, Cause> =>
    new Map(
      distinctKernels([...evidence.environments.keys()].filter(is))
        .flatMap((environment) => knowledge.causesBehind(fact, knownKernel(environment)))
        .map((cause) => [JSON.stringify(cause), cause]),
    );
  const weightOf = (environment: Environment) => evidence.environments.get(environment);
  const bad = behind((environment) => {
    const lacks = isLack(environment.facts?.get(fact) ?? '');
    return (weightOf(environment)?.bad ?? 0) > 0 && lacks;
  });
  // In another cgroup mode, a kernel may do well without it.
  const good = behind((environment) => {
    const has = !isLack(environment.facts?.get(fact) ?? '');
    return (weightOf(environment)?.good ?? 0) > 0 && has;
  });
  return [...bad].flatMap(([text, cause]) => (good.has(text) ? [] : [cause]));
}

/** What a mode offers rests on one of its hierarchies. */
function featureOf(key: string, { badCells }: Evidence): string | undefined {
  if (!key.startsWith('offered/')) return key;
  const modes = new Set(badCells.map(({ cgroup }) => cgroup));
  if (modes.size !== 1) return undefined;
  const hierarchy = modes.has('v2') ? 'v2' : 'v1';
  return `${hierarchy}/${key.slice('offered/'.length)}`;
}

/** Environments differ in more than the kernel, its command line and its config. */
export function distinctKernels(environments: readonly Environment[]): readonly Environment[] {
  const known = new Map<string, Environment>();
  for (const environment of environments) {
    const { kernel, release, bootParameters, configDigest } = environment;
    known.set(JSON.stringify([kernel, release, bootParameters, configDigest]), environment);
  }
  return [...known.values()];
}
