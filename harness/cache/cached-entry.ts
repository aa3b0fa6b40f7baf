import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, rename, rm, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { takeLock, tryLock } from './host-lock.ts';
import { asStorageError } from './storage-error.ts';

const KEY = /^[\w+~:=-][\w.+~:=-]*(\/[\w+~:=-][\w.+~:=-]*)*$/;

/**
 * The folder of a cache entry, made first if it is not there.
 *
 * `key` is a relative path below `root` that says what is in the entry, by digest of all that it is
 * made from: an entry never changes. `fill` gets an empty folder; what it leaves there becomes the
 * entry in one step, so nobody ever sees half of one. Of several processes that want the same entry
 * one fills it and the others wait for it; if that one fails or is killed, the next one fills it.
 * Files are made read-only; folders stay as they are, so that `rm -rf` of the cache works.
 */
export async function cachedEntry(
  root: string,
  key: string,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const entry = await cachedEntryIf(root, key, async (folder) => {
    await fill(folder);
    await makeReadOnly(folder);
    return true;
  });
  if (entry === undefined) throw new Error(`Expected the cache entry ${key} to be filled`);
  return entry;
}

/**
 * The same for what may turn out not to be: if `fill` says false there is no entry, and whoever
 * wants it next tries again. Files keep the modes that they were made with.
 */
export async function cachedEntryIf(
  root: string,
  key: string,
  fill: (folder: string) => Promise<boolean>,
): Promise<string | undefined> {
  if (!KEY.test(key)) throw new TypeError(`not a cache key: '${key}'`);
  const entry = join(root, key);
  if (await isThere(entry)) return await markUsed(entry);
  const name = key.replaceAll('/', '%');
  await using _lock = await takeLock(lockFile(root, name));
  if (await isThere(entry)) return await markUsed(entry);
  await removeLeftovers(root, name);
  const temporary = join(root, 'temporary', `${name}.${randomBytes(6).toString('hex')}`);
  try {
    await mkdir(temporary, { recursive: true });
    if (!(await fill(temporary))) {
      await rm(temporary, { recursive: true });
      return undefined;
    }
    await mkdir(dirname(entry), { recursive: true });
    await rename(temporary, entry);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw asStorageError(error, root);
  }
  return entry;
}

/** So that `kmx cache prune` takes those first that were not used for longest. */
async function markUsed(entry: string): Promise<string> {
  const now = new Date();
  // Only the order depends on it: a cache that cannot be written can be used.
  await utimes(entry, now, now).catch(() => {});
  return entry;
}

function lockFile(root: string, name: string): string {
  return join(root, 'locks', name);
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw asStorageError(error, path);
  }
}

/** The folder of an entry that is there. */
export async function findEntry(root: string, key: string): Promise<string | undefined> {
  const entry = join(root, key);
  return (await isThere(entry)) ? await markUsed(entry) : undefined;
}

/** Takes an entry away, if nobody fills it at the moment; who has files of it open keeps those. */
export async function discardEntry(root: string, key: string): Promise<void> {
  const name = key.replaceAll('/', '%');
  await using lock = await tryLock(lockFile(root, name));
  if (lock === undefined) return;
  const doomed = join(root, 'temporary', `${name}.${randomBytes(6).toString('hex')}`);
  await mkdir(dirname(doomed), { recursive: true });
  try {
    // In one step, so that nobody finds half of it.
    await rename(join(root, key), doomed);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw asStorageError(error, root);
  }
  await rm(doomed, { recursive: true, force: true });
}

/** Removes what processes left behind that were killed while they filled an entry. */
async function removeLeftovers(root: string, lockedName: string): Promise<void> {
  const folder = join(root, 'temporary');
  const leftovers = await readdir(folder).catch(() => []);
  for (const leftover of leftovers) {
    const path = join(folder, leftover);
    const name = leftover.slice(0, leftover.lastIndexOf('.'));
    if (name === lockedName) {
      await removeLeftover(path);
      continue;
    }
    // Whoever still fills it holds its lock.
    await using lock = await tryLock(lockFile(root, name));
    if (lock) await removeLeftover(path);
  }
}

async function removeLeftover(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    // A program that the dead process started still writes there. The next one to fill an entry
    // removes the rest; this one has a folder of its own.
    if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
  }
}

async function makeReadOnly(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const { mode } = await lstat(path);
    await chmod(path, mode & 0o555);
  }
}
