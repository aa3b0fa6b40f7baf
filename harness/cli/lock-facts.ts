/** What a run's reports say of the lock beside its matrix. */
import type { ArchiveContext } from '../debian/archive-context.ts';
import { InfraError } from '../errors.ts';
import type { LockFacts } from '../events.ts';
import { compareKernels } from '../lock/compare.ts';
import type { Matrix } from '../matrix/matrix.ts';
import type { ResolvedKernels } from '../prepare/run-inputs.ts';
import type { LockOnDisk } from './load-lock.ts';
import { lockKernel } from './lock-entries.ts';
import { findStaleness } from './staleness/lock-staleness.ts';

export interface LockedUse {
  readonly matrix: Matrix;
  readonly kernels: ResolvedKernels;
  readonly isEnforced: boolean;
}

export async function readLockFacts(
  { file, lock }: LockOnDisk,
  { matrix, kernels, isEnforced }: LockedUse,
  context: ArchiveContext,
): Promise<LockFacts> {
  const { gone, ...others } = await findStaleness(matrix, lock, kernels.keys(), context);
  const stale = { ...others, ...(gone.length > 0 && { gone }) };
  if (isEnforced) return { file, isEnforced, ...stale };
  const outdated = new Set(stale.outdated.map(({ name }) => name));
  const differs: string[] = [];
  for (const [name, kernel] of kernels) {
    if (kernel instanceof InfraError || outdated.has(name)) continue;
    const locked = lock.kernels.get(name);
    const isSame = locked && compareKernels(locked, await lockKernel(kernel)).length === 0;
    if (!isSame) differs.push(name);
  }
  return { file, isEnforced, ...stale, ...(differs.length > 0 && { differs }) };
}
