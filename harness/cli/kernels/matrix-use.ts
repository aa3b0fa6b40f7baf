/** What of the cache a matrix uses, its lock included. */
import type { CacheItem } from '../../cache/inventory.ts';
import { UsageError } from '../../errors.ts';
import type { KernelPin } from '../../kernels/kernel-image.ts';
import type { KernelBuild } from '../../matrix/builds.ts';
import type { Matrix } from '../../matrix/matrix.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { findKernelUse, type KernelUse, type UseContext } from './kernel-use.ts';
import { matrixBuilds, mayBeBuilt, plainBuilds } from './named-builds.ts';

/** What a lock names, by name of the build. */
export type Pins = ReadonlyMap<string, KernelPin>;

export interface MatrixUse {
  /** By the kernels that `matrixBuilds` lists. */
  readonly booted: readonly KernelUse[];
  /**
   * By kernels without what configs ask for, which may be the base of others; by locked ones; and by those that were
   * built with another compiler.
   */
  readonly others: readonly KernelUse[];
}

/** @param items As for `findKernelUse`. */
export async function findMatrixUse(
  matrix: Matrix,
  items: readonly CacheItem[],
  context: UseContext,
  pins?: Pins,
): Promise<MatrixUse> {
  const builds = matrixBuilds(matrix);
  const names = new Set(builds.map(({ name }) => name));
  const plain = plainBuilds(matrix).filter(({ name }) => !names.has(name));
  const all = [...builds, ...plain];
  const [uses, locked] = await Promise.all([
    findKernelUse(matrix, all, items, context),
    pins === undefined
      ? []
      : findKernelUse(matrix, all, items, { ...context, pinOf: (name) => pins.get(name) }),
  ]);
  // A lock that no longer fits the matrix uses nothing.
  const fitting = locked.filter(({ fault }) => !(fault instanceof UsageError));
  const otherwise = await findOtherwiseBuilt(matrix, all, items, context, pins);
  return {
    booted: uses.slice(0, builds.length),
    others: [...uses.slice(builds.length), ...fitting, ...otherwise],
  };
}

/** With `--build-in container` or without, whichever was not given. A compiler that is not there has built nothing. */
async function findOtherwiseBuilt(
  matrix: Matrix,
  builds: readonly KernelBuild[],
  items: readonly CacheItem[],
  { otherCompilers = [], ...context }: UseContext,
  pins: Pins | undefined,
): Promise<readonly KernelUse[]> {
  const pinned = pins === undefined ? [] : [(name: string) => pins.get(name)];
  const contexts = otherCompilers.flatMap((compiler) =>
    [undefined, ...pinned].map((pinOf) => ({ ...context, compiler, ...omitUndefined({ pinOf }) })),
  );
  const own = builds.filter(mayBeBuilt);
  const uses = await Promise.all(contexts.map((other) => findKernelUse(matrix, own, items, other)));
  return uses.flat().filter(({ fault }) => fault === undefined);
}
