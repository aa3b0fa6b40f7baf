import type { Cause } from '../needs/feature.ts';
import type { Candidate } from './candidates.ts';
import type { Environment } from './compared-run.ts';
import type { Evidence, Weight } from './evidence.ts';
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
  const behind = (
    side: keyof Weight,
    is: (value: string) => boolean,
  ): ReadonlyMap<string, Cause> => {
    const own = [...evidence.environments].flatMap(([environment, weight]) =>
      weight[side] > 0 && is(environment.facts?.get(featureOf(key, environment)) ?? '')
        ? [environment]
        : [],
    );
    const causes = distinctKernels(own).flatMap((environment) =>
      knowledge.causesBehind(featureOf(key, environment), knownKernel(environment)),
    );
    return new Map(causes.map((cause) => [JSON.stringify(cause), cause]));
  };
  const bad = behind('bad', isLack);
  // Without a kernel's config, what may be behind a fact may be so where the fact is there, too. In another
  // cgroup mode, a kernel may do well without it.
  const good = behind('good', (value) => !isLack(value));
  return [...bad].flatMap(([text, cause]) => (good.has(text) ? [] : [cause]));
}

/** What a mode offers rests on the hierarchy where agents look for it. */
function featureOf(key: string, { cgroup }: Environment): string {
  if (!key.startsWith('offered/')) return key;
  return `${cgroup === 'v2' ? 'v2' : 'v1'}/${key.slice('offered/'.length)}`;
}

/** Environments differ in more than the kernel, its command line and its config. */
function distinctKernels(environments: readonly Environment[]): readonly Environment[] {
  const known = new Map<string, Environment>();
  for (const environment of environments) {
    const { kernel, release, bootParameters, cgroup } = environment;
    known.set(JSON.stringify([kernel, release, bootParameters, cgroup]), environment);
  }
  return [...known.values()];
}
