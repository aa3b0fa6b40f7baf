/** A line of `kmx kernels lock --check`, and what it says of what cannot be fetched any more. */
import { listCache } from '../../cache/inventory.ts';
import { findArchive } from '../../debian/find-archive.ts';
import { isInPool } from '../../debian/probe-pool.ts';
import type { KernelContext } from '../../kernels/kernel-context.ts';
import type { Lock } from '../../lock/lock.ts';
import { findBuild } from '../../matrix/builds.ts';
import type { Matrix } from '../../matrix/matrix.ts';
import type { Staleness } from '../staleness/staleness.ts';
import { findKernelUse, KERNEL_KINDS } from './kernel-use.ts';

/** `gone`: neither list nor pool have it; `unlisted`: the pool still has it. */
type State = 'outdated' | 'unlisted' | 'gone' | 'changed' | 'not locked' | 'not in matrix';

export interface LockChange {
  readonly state: State;
  /** Of the kernel or the agent. */
  readonly name: string;
  readonly text: string;
}

/** A lock, and where what it names should be. */
export interface LockToCheck {
  readonly matrix: Matrix;
  readonly lock: Lock;
  readonly archive: Pick<KernelContext, 'cacheRoot' | 'mirror' | 'offline'>;
}

export async function describeMissing(
  { name, package: own, file, since }: Staleness['missing'][number],
  { matrix, lock, archive: { cacheRoot: root, mirror, offline } }: LockToCheck,
): Promise<LockChange> {
  const suite = lock.kernels.get(name)?.debian?.suite ?? '';
  const isThere = offline ? undefined : await isInPool(await findArchive(suite, mirror), file);
  const day = since.slice(0, 10);
  if (isThere === false) {
    const kept = await describeKept(matrix, lock, name, root);
    return { state: 'gone', name, text: `${own}: missed since ${day}; ${kept}` };
  }
  const pool = isThere ? 'the pool still has it' : 'whether the pool has it is not known';
  return {
    state: 'unlisted',
    name,
    text: `${own}: not in the list of ${suite} since ${day}; ${pool}`,
  };
}

export async function describeGone(
  { name, image, digest, since }: Staleness['gone'][number],
  { matrix, lock, archive }: LockToCheck,
): Promise<LockChange> {
  const kept = await describeKept(matrix, lock, name, archive.cacheRoot);
  const text = `${image}@${digest}: missed since ${since.slice(0, 10)}; ${kept}`;
  return { state: 'gone', name, text };
}

/** Whether a run with this lock still could use a kernel: as it is, or by building it from sources that are there. */
async function describeKept(
  matrix: Matrix,
  lock: Lock,
  name: string,
  root: string,
): Promise<string> {
  const build = findBuild(matrix, name);
  const items = await listCache(root, KERNEL_KINDS);
  const context = { cacheRoot: root, pinOf: (own: string) => lock.kernels.get(own) };
  const uses = build === undefined ? [] : await findKernelUse(matrix, [build], items, context);
  const isKept = uses.some(({ state }) => state === 'kept' || state === 'sources');
  return isKept ? 'this cache has it' : 'this cache does not have it either';
}
