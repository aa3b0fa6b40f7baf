/**
 * A few digits over an entry of a lock, by which an edit by hand is noticed. Each entry has its own, so
 * that two branches that renew different kernels can be merged. It is no secret: anyone who wants to deceive
 * can compute it, but not change the file's history.
 */
import { hash } from 'node:crypto';
import type { LockedAgent, LockedKernel } from './lock.ts';

const DIGITS = 12;

export function sealOf(name: string, entry: LockedKernel | LockedAgent): string {
  return hash('sha256', JSON.stringify([name, sorted(entry)])).slice(0, DIGITS);
}

/** Keys in an order of their own: that of the file is for readers. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sorted(one)]);
}
