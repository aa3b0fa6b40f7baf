import type { BuildFacts } from '../events.ts';
import { count, describeDuration } from '../phrases.ts';
import type { RunReport } from './schema.ts';

/** `built in 4 min 12 s`, `built earlier, in 4 min 12 s`. */
export function describeBuilt({ seconds, isCached }: BuildFacts): string {
  const time = describeDuration(Math.max(1, Math.round(seconds)) * 1000);
  return `built ${isCached ? 'earlier, ' : ''}in ${time}`;
}

/** `2 kernels built in 6 min 30 s, 1 built earlier`; undefined if none was built for this run. */
export function describeNewBuilds({ kernels }: Pick<RunReport, 'kernels'>): string | undefined {
  const built = kernels.flatMap(({ built: facts }) => facts ?? []);
  const fresh = built.filter(({ isCached }) => !isCached);
  if (fresh.length === 0) return undefined;
  const seconds = fresh.reduce((sum, one) => sum + one.seconds, 0);
  const earlier = built.length - fresh.length;
  return [
    `${count(fresh.length, 'kernel')} ${describeBuilt({ seconds, isCached: false })}`,
    ...(earlier === 0 ? [] : [`${earlier} built earlier`]),
  ].join(', ');
}
