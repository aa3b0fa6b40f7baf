/** Which entries of the cache the kernels of a matrix use, as far as that is known without a network. */
import { isAbsolute, relative, sep } from 'node:path';
import { nameOfDigest } from '../../cache/digest.ts';
import { type CacheItem, type CacheKind, restoreUse } from '../../cache/inventory.ts';
import { InfraError, UsageError } from '../../errors.ts';
import type { KernelContext } from '../../kernels/kernel-context.ts';
import type { KernelImage } from '../../kernels/kernel-image.ts';
import { type ConfiguredBuild, MatrixKernels } from '../../kernels/matrix-kernels.ts';
import { buildKey, objectsKey } from '../../kernels/source/build/build-inputs.ts';
import { isFolderKey } from '../../kernels/source/build/object-folders.ts';
import type { FindCompiler } from '../../kernels/source/build-context.ts';
import { defaultCompiler } from '../../kernels/source/default-compiler.ts';
import type { SourceTree } from '../../kernels/source/tree/source-tree.ts';
import type { KernelBuild } from '../../matrix/builds.ts';
import type { Matrix } from '../../matrix/matrix.ts';
import { omitUndefined } from '../../omit-undefined.ts';

/** What kernels are kept as, and what they are made from. */
export const KERNEL_KINDS = [
  'kernels',
  'builds',
  'kernel-trees',
  'objects',
  'configured-kernels',
] as const satisfies readonly CacheKind[];

export interface KernelUse {
  readonly build: KernelBuild;
  /**
   * `kept`: the cache has it; `elsewhere`: it is a file of the user's or the host's; `sources`: it would have to
   * be built, from sources that are there; `absent`: it would have to be fetched; `unknown`: see `fault`.
   */
  readonly state: 'kept' | 'elsewhere' | 'sources' | 'absent' | 'unknown';
  /** Why it is not known: an unusable source, or something that the host lacks. */
  readonly fault?: UsageError | InfraError;
  /** As far as it is known: `6.12.118`. */
  readonly version?: string;
  /** Of the cache: all that it is kept as or made from. */
  readonly items: readonly CacheItem[];
}

export interface UseContext extends Pick<KernelContext, 'cacheRoot' | 'compiler' | 'pinOf'> {
  /** With which another command may have built the same kernels. */
  readonly otherCompilers?: readonly FindCompiler[];
}

/**
 * @param items What the cache has of `KERNEL_KINDS`. Looking does not count as use.
 */
export async function findKernelUse(
  matrix: Pick<Matrix, 'kernels'>,
  builds: readonly KernelBuild[],
  items: readonly CacheItem[],
  context: UseContext,
): Promise<readonly KernelUse[]> {
  const offline = { ...context, offline: true, onProgress: () => {} };
  const kernels = new MatrixKernels(matrix.kernels, offline);
  const use = (build: KernelBuild): Promise<KernelUse> =>
    useOf(build, kernels, items, context).catch((fault: unknown) => {
      if (!(fault instanceof UsageError || fault instanceof InfraError)) throw fault;
      return { build, state: 'unknown', fault, items: [] };
    });
  try {
    return await Promise.all(builds.map(use));
  } finally {
    await restoreUse(context.cacheRoot, items);
  }
}

/** Codes of errors which mean that something is not there, and not that the search failed. */
const ABSENT = new Set(['OFFLINE', 'NOT_CONFIGURED']);

async function orAbsent<T>(finding: Promise<T>): Promise<T | undefined> {
  try {
    return await finding;
  } catch (error) {
    if (error instanceof InfraError && ABSENT.has(error.code ?? '')) return undefined;
    throw error;
  }
}

async function useOf(
  build: KernelBuild,
  kernels: MatrixKernels,
  all: readonly CacheItem[],
  context: UseContext,
): Promise<KernelUse> {
  const found = await orAbsent(kernels.look(build));
  const tree = await orAbsent(kernels.findTree(build));
  const ofTree = tree === undefined ? [] : await itemsOfTree(tree, all, context);
  if (found?.kind === 'stock') return { build, ...useOfStock(found.image, all, ofTree, context) };
  const isUnpacked = ofTree.some(({ kind }) => kind === 'kernel-trees');
  const isFolder = build.source.kind === 'source' && build.source.tree.kind === 'folder';
  if (found === undefined) {
    return { build, state: isUnpacked || isFolder ? 'sources' : 'absent', items: ofTree };
  }
  return { build, ...useOfBuilt(found, all, ofTree) };
}

function useOfStock(
  { image, release }: KernelImage,
  all: readonly CacheItem[],
  ofTree: readonly CacheItem[],
  { cacheRoot }: UseContext,
): Omit<KernelUse, 'build'> {
  const key = image === undefined ? undefined : keyOfPath(image, cacheRoot);
  const own = all.filter((item) => keyOf(item) === key);
  const state = own.length > 0 ? 'kept' : 'elsewhere';
  return { state, version: release, items: [...own, ...ofTree] };
}

function useOfBuilt(
  { configured }: Extract<ConfiguredBuild, { kind: 'built' }>,
  all: readonly CacheItem[],
  ofTree: readonly CacheItem[],
): Omit<KernelUse, 'build'> {
  const { config, base, effective } = configured;
  const built = buildKey(configured);
  const isOwn = (item: CacheItem): boolean =>
    [built, base].includes(keyOf(item)) || config.includes(`${sep}${keyOf(item)}${sep}`);
  const own = all.filter(isOwn);
  const state = own.some((item) => keyOf(item) === built) ? 'kept' : 'sources';
  return {
    ...{ state, items: [...own, ...ofTree] },
    ...omitUndefined({ version: effective.version }),
  };
}

/** Its files, and the objects that were compiled from them. */
async function itemsOfTree(
  tree: SourceTree,
  all: readonly CacheItem[],
  context: UseContext,
): Promise<readonly CacheItem[]> {
  const look = { ...context, offline: true, onProgress: () => {} };
  const compiler = await orAbsent((context.compiler ?? defaultCompiler)(look));
  const objects = compiler && objectsKey({ tree, compiler });
  return all.filter(
    (item) =>
      (objects !== undefined && isFolderKey(keyOf(item), objects)) ||
      (item.kind === 'kernel-trees' && item.name.endsWith(`-${nameOfDigest(tree.digest)}`)),
  );
}

export function keyOf({ kind, name }: Pick<CacheItem, 'kind' | 'name'>): string {
  return `${kind}/${name}`;
}

/** Of the entry that a file is in; undefined if it is in none. */
function keyOfPath(path: string, root: string): string | undefined {
  const inside = relative(root, path);
  if (inside.startsWith('..') || isAbsolute(inside)) return undefined;
  return inside.split(sep).slice(0, 2).join('/');
}
