import type { KernelFacts } from '../events.ts';

const WHY_TAKEN = {
  matrix: 'checked against the matrix',
  lock: 'checked against the lock',
  nobody: 'trusted when first fetched',
} as const;

/** The packages of a kernel that no signature covers, for people; undefined if there are none. */
export function describeUnlisted({
  unlisted = [],
}: Pick<KernelFacts, 'unlisted'>): string | undefined {
  if (unlisted.length === 0) return undefined;
  const packages = unlisted.map(({ name, vouchedBy }) => `${name} (${WHY_TAKEN[vouchedBy]})`);
  return `no signature covers ${packages.join(', ')}`;
}
