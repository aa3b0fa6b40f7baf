import { isInRange } from '../expectations/release-range.ts';

/** From `since` to before `until`; either may be open. */
interface Versions {
  readonly since?: string;
  readonly until?: string;
}

/**
 * Whether a kernel's release is in these versions. A release that cannot be read is in those alone that have
 * no bounds.
 */
export function holdsIn({ since, until }: Versions, release: string): boolean {
  if (since !== undefined && !isInRange(release, `>=${since}`)) return false;
  return until === undefined || isInRange(release, `<${until}`);
}

export function isReadable(release: string): boolean {
  return /^\d+\.\d+/.test(release);
}
