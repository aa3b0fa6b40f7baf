import { ALL_KINDS, CACHE_KINDS, choosePruned, listCache, pruneCache } from '../cache/inventory.ts';
import { InfraError } from '../errors.ts';
import { parseSize } from './cache.ts';

const BY_DEFAULT = '20G';

/** `KMX_CACHE_MAX` in bytes, 20 GiB by default. Throws a UsageError if it is not a size. */
export function readCacheMax(environment: NodeJS.ProcessEnv): number {
  return parseSize(environment.KMX_CACHE_MAX ?? BY_DEFAULT, 'KMX_CACHE_MAX');
}

/** What kmx can rebuild by itself. Kernels, with their thousands of files, are not scanned. */
const MADE = ALL_KINDS.filter((kind) => !CACHE_KINDS[kind].isFetched);

/** After a run: evicts the least recently used of what kmx can rebuild, until the rest fits. */
export async function boundCache(root: string, bytesMax: number): Promise<void> {
  const pruned = choosePruned(await listCache(root, MADE), bytesMax);
  if (pruned.length === 0) return;
  try {
    await pruneCache(root, pruned);
  } catch (error) {
    // Another kmx is running and will do it.
    if (!(error instanceof InfraError && error.code === 'CACHE_BUSY')) throw error;
  }
}
