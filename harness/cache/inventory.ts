/** What is in the cache, and what to remove to make it smaller. */
import { lstat, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { InfraError } from '../errors.ts';
import { discardEntry } from './existing-entry.ts';
import { shareLock, tryLock } from './host-lock.ts';

/**
 * Folders of entries, and what they hold. What kmx can rebuild by itself is removed before what has
 * to be fetched again.
 */
export const CACHE_KINDS = {
  templates: { holds: 'saved guests', isFetched: false },
  results: { holds: 'results of tests', isFetched: false },
  initramfs: { holds: 'initramfs archives', isFetched: false },
  'boot-images': { holds: 'unpacked kernels', isFetched: false },
  agents: { holds: 'agents out of archives', isFetched: false },
  'kernel-configs': { holds: 'configurations of kernels', isFetched: false },
  'configured-kernels': { holds: 'configurations made here', isFetched: false },
  objects: { holds: 'objects of kernels that were built here', isFetched: false },
  // Not fetched, but a few megabytes that take longer to make again than anything to fetch.
  builds: { holds: 'kernels built here', isFetched: true },
  'kernel-trees': { holds: 'sources of kernels', isFetched: true },
  kernels: { holds: 'kernel packages', isFetched: true },
  images: { holds: 'root file systems of images', isFetched: true },
  'guest-tools': { holds: 'programs for guests', isFetched: true },
} as const;
export type CacheKind = keyof typeof CACHE_KINDS;

export interface CacheItem {
  readonly kind: CacheKind;
  readonly name: string;
  /** On the disk: sparse files take less than their length. */
  readonly bytes: number;
  readonly usedAt: Date;
}

export const ALL_KINDS = Object.keys(CACHE_KINDS) as readonly CacheKind[];

/** All entries of some kinds, the most recently used first. */
export async function listCache(
  root: string,
  kinds: readonly CacheKind[] = ALL_KINDS,
): Promise<readonly CacheItem[]> {
  const items = await Promise.all(kinds.map((kind) => listKind(root, kind)));
  return items.flat().toSorted((one, other) => other.usedAt.getTime() - one.usedAt.getTime());
}

/** For those who have only looked at entries: they count as used when they did before. */
export async function restoreUse(root: string, items: readonly CacheItem[]): Promise<void> {
  await Promise.all(
    items.map(async ({ kind, name, usedAt }) => {
      // Only the order of pruning depends on it: the entry may be gone, or the cache be read-only.
      await utimes(join(root, kind, name), usedAt, usedAt).catch(() => {});
    }),
  );
}

async function listKind(root: string, kind: CacheKind): Promise<CacheItem[]> {
  const names = await readdir(join(root, kind)).catch(orNone);
  const items = await Promise.all(
    names.map(async (name): Promise<CacheItem | undefined> => {
      const path = join(root, kind, name);
      const found = await stat(path).catch(() => undefined);
      if (found === undefined) return undefined;
      return { kind, name, bytes: await bytesOf(path), usedAt: found.mtime };
    }),
  );
  return items.filter((item) => item !== undefined);
}

async function bytesOf(path: string): Promise<number> {
  const { blocks } = await lstat(path);
  // Without types, it would follow links: objects of kernels have one to their sources.
  const inside = await readdir(path, { recursive: true, withFileTypes: true }).catch(orNone);
  const files = await Promise.all(
    inside.map(async ({ parentPath, name }) => {
      return (await lstat(join(parentPath, name)).catch(() => undefined))?.blocks ?? 0;
    }),
  );
  return 512 * (blocks + files.reduce((sum, each) => sum + each, 0));
}

/** An entry that disappears meanwhile counts as removed. */
function orNone(error: NodeJS.ErrnoException): never[] {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
  throw error;
}

/**
 * What to remove so that the rest takes at most `bytesMax`: first the least recently used of what
 * can be rebuilt, then of what has to be fetched again.
 */
export function choosePruned(items: readonly CacheItem[], bytesMax: number): readonly CacheItem[] {
  let bytes = items.reduce((sum, item) => sum + item.bytes, 0);
  const order = items.toSorted(
    (one, other) =>
      Number(CACHE_KINDS[one.kind].isFetched) - Number(CACHE_KINDS[other.kind].isFetched) ||
      one.usedAt.getTime() - other.usedAt.getTime(),
  );
  const pruned: CacheItem[] = [];
  for (const item of order) {
    if (bytes <= bytesMax) break;
    pruned.push(item);
    bytes -= item.bytes;
  }
  return pruned;
}

/** Removes entries. Throws an InfraError if a running kmx may need them. */
export async function pruneCache(root: string, items: readonly CacheItem[]): Promise<void> {
  await using lock = await tryLock(useLock(root));
  if (lock === undefined) {
    throw new InfraError('another kmx is using this cache', {
      code: 'CACHE_BUSY',
      remedy: 'wait for it to end, or stop it',
    });
  }
  for (const { kind, name } of items) {
    if (kind === 'results') await rm(join(root, kind, name), { recursive: true, force: true });
    else await discardEntry(root, `${kind}/${name}`);
  }
}

/** Held by whoever needs entries for longer than a moment: nothing is pruned meanwhile. */
export function useCache(root: string): Promise<AsyncDisposable> {
  return shareLock(useLock(root));
}

function useLock(root: string): string {
  return join(root, 'locks', 'in-use');
}
