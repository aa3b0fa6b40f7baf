import { ALL_KINDS, CACHE_KINDS, choosePruned, listCache, pruneCache } from '../cache/inventory.ts';
import { InfraError } from '../errors.ts';
import { parseSize } from './cache.ts';

const BY_DEFAULT = '20G';

/** `KMX_CACHE_MAX` in bytes, 20 GiB by default. Throws a UsageError for what is no size. */
export function readCacheMax(environment: NodeJS.ProcessEnv): number {
  return parseSize(environment.KMX_CACHE_MAX ?? BY_DEFAULT, 'KMX_CACHE_MAX');
}

/** What kmx makes again by itself. Kernels, with their thousands of files, are not looked at. */
const MADE = ALL_KINDS.filter((kind) => !CACHE_KINDS[kind].isFetched);

/** After a run: of what kmx has made that goes which nobody has used for longest, if it is too much. */
export async function boundCache(root: string, bytesMax: number): Promise<void> {
  const pruned = choosePruned(await listCache(root, MADE), bytesMax);
  if (pruned.length === 0) return;
  try {
    await pruneCache(root, pruned);
  } catch (error) {
    // Whoever else is at work will do it.
    if (!(error instanceof InfraError && error.code === 'CACHE_BUSY')) throw error;
  }
}
