import { CACHE_KINDS, choosePruned, listCache, pruneCache } from '../cache/inventory.ts';
import { InfraError } from '../errors.ts';
import { parseSize } from './cache.ts';

const BY_DEFAULT = '20G';

/** `KMX_CACHE_MAX` in bytes, 20 GiB by default. Throws a UsageError for what is no size. */
export function readCacheMax(environment: NodeJS.ProcessEnv): number {
  return parseSize(environment.KMX_CACHE_MAX ?? BY_DEFAULT, 'KMX_CACHE_MAX');
}

/**
 * After a run: takes away what kmx makes again by itself and nobody has used for longest, where the
 * cache is larger than it may be.
 */
export async function boundCache(root: string, bytesMax: number): Promise<void> {
  const items = await listCache(root);
  const pruned = choosePruned(items, bytesMax).filter(({ kind }) => !CACHE_KINDS[kind].isFetched);
  if (pruned.length === 0) return;
  try {
    await pruneCache(root, pruned);
  } catch (error) {
    // Whoever else is at work will do it.
    if (!(error instanceof InfraError && error.code === 'CACHE_BUSY')) throw error;
  }
}
