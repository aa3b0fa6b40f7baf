import { cacheRoot } from '../cache/cache-root.ts';
import {
  CACHE_KINDS,
  type CacheItem,
  type CacheKind,
  choosePruned,
  listCache,
  pruneCache,
} from '../cache/inventory.ts';
import { UsageError } from '../errors.ts';
import { renderTable } from '../reporters/table.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { formatBytes } from './format-bytes.ts';

export interface CacheListOptions {
  readonly all?: boolean;
  readonly json?: boolean;
}

/** Prints what the cache holds, by kind or by entry. */
export async function listCacheEntries(options: CacheListOptions): Promise<number> {
  const root = cacheRoot(process.env);
  const items = await listCache(root);
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ root, entries: items }, undefined, 2)}\n`);
    return EXIT_CODES.good;
  }
  const rows = options.all === true ? items.map(rowOf) : sumKinds(items);
  const total = ['', formatBytes(sumOf(items)), `in total, in ${root}`];
  process.stdout.write(`${renderTable([...rows, total]).join('\n')}\n`);
  return EXIT_CODES.good;
}

function rowOf({ kind, name, bytes, usedAt }: CacheItem): string[] {
  const used = usedAt.toISOString().slice(0, 16).replace('T', ' ');
  return [kind, formatBytes(bytes), `used ${used}`, name];
}

function sumKinds(items: readonly CacheItem[]): string[][] {
  return (Object.keys(CACHE_KINDS) as CacheKind[]).map((kind) => {
    const ofKind = items.filter((item) => item.kind === kind);
    return [kind, formatBytes(sumOf(ofKind)), `${ofKind.length} ${CACHE_KINDS[kind].holds}`];
  });
}

function sumOf(items: readonly CacheItem[]): number {
  return items.reduce((sum, { bytes }) => sum + bytes, 0);
}

export interface CachePruneOptions {
  readonly maxSize?: string;
  readonly containers?: boolean;
  readonly dryRun?: boolean;
}

/** What is kept on the disk, in the container engine, or both. */
export async function prune({ maxSize, containers, dryRun }: CachePruneOptions): Promise<number> {
  if (maxSize === undefined && containers !== true) {
    throw new UsageError('cache prune: expected --max-size or --containers, found neither', {
      code: 'NOTHING_TO_PRUNE',
      remedy: 'say how much may stay, such as --max-size 5G',
    });
  }
  if (containers === true) {
    const { pruneContainers } = await import('./prune-containers.ts');
    await pruneContainers(dryRun === true);
  }
  return maxSize === undefined ? EXIT_CODES.good : pruneCacheEntries(maxSize, dryRun === true);
}

/** Evicts the least recently used entries until the rest fits. */
async function pruneCacheEntries(maxSize: string, isDryRun: boolean): Promise<number> {
  const bytesMax = parseSize(maxSize);
  const root = cacheRoot(process.env);
  const items = await listCache(root);
  const pruned = choosePruned(items, bytesMax);
  if (!isDryRun && pruned.length > 0) await pruneCache(root, pruned);
  for (const item of pruned) process.stdout.write(`${rowOf(item).join('  ')}\n`);
  const [gone, left] = [sumOf(pruned), sumOf(items) - sumOf(pruned)].map(formatBytes);
  const what = `${pruned.length} of ${items.length} entries, ${gone}`;
  const would = isDryRun ? 'would be removed' : 'removed';
  process.stdout.write(`${what} ${would}; ${left} left in ${root}\n`);
  return EXIT_CODES.good;
}

const UNITS = { K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 } as const;

/** Bytes of `500M`, `2.5G`, `0`. Throws a UsageError for anything else. */
export function parseSize(text: string, what = '--max-size'): number {
  const found = /^(\d+(?:\.\d+)?)([KMGT])?(?:i?B)?$/i.exec(text);
  const unit = found?.[2]?.toUpperCase() as keyof typeof UNITS | undefined;
  if (found !== null && (unit !== undefined || !text.includes('.'))) {
    return Math.floor(Number(found[1]) * (unit === undefined ? 1 : UNITS[unit]));
  }
  throw new UsageError(`${what}: expected a size such as 5G, found ${JSON.stringify(text)}`, {
    code: 'BAD_SIZE',
    remedy: 'give a number with K, M, G or T, or 0 to remove everything',
  });
}
