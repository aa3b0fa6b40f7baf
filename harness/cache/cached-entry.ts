import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, rename, rm, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { takeLock, tryLock } from './host-lock.ts';
import { asStorageError } from './storage-error.ts';

const KEY = /^[\w+~:=-][\w.+~:=-]*(\/[\w+~:=-][\w.+~:=-]*)*$/;

/**
 * The folder of a cache entry, made first if it does not exist.
 *
 * `key` is a relative path below `root` that identifies the content, by digests of everything that
 * it is made from: an entry never changes. `fill` gets an empty folder; what it leaves there
 * becomes the entry in one step, so nobody ever sees half an entry. If several processes want the
 * same entry, one fills it and the others wait; if that one fails or is killed, the next one fills
 * it. Files are made read-only; folders are left as they are, so that `rm -rf` of the cache works.
 */
export async function cachedEntry(
  root: string,
  key: string,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  await using claim = await claimEntry(root, key);
  if (claim.kind === 'there') return claim.entry;
  try {
    await fill(claim.folder);
    await makeReadOnly(claim.folder);
  } catch (error) {
    throw asStorageError(error, root);
  }
  return await claim.publish();
}

/** The entry exists, or the caller has claimed it and must fill it. */
export type EntryClaim =
  | ({ readonly kind: 'there'; readonly entry: string } & AsyncDisposable)
  | ({
      readonly kind: 'mine';
      /** Empty; to be filled. */
      readonly folder: string;
      /** Turns the folder into the entry, in one step. Files keep their modes. */
      publish(): Promise<string>;
    } & AsyncDisposable);

/**
 * Like `cachedEntry`, for content that may turn out not to exist: a claim that is disposed of
 * before it was published leaves no entry, and the next claimant fills it. Others wait until then.
 */
export async function claimEntry(root: string, key: string): Promise<EntryClaim> {
  if (!KEY.test(key)) throw new TypeError(`not a cache key: '${key}'`);
  const entry = join(root, key);
  if (await isThere(entry)) return await claimThere(entry);
  const name = key.replaceAll('/', '%');
  await using held = new AsyncDisposableStack();
  held.use(await takeLock(lockFile(root, name)));
  if (await isThere(entry)) return await claimThere(entry);
  await removeLeftovers(root, name);
  const folder = join(root, 'temporary', `${name}.${randomBytes(6).toString('hex')}`);
  held.defer(() => rm(folder, { recursive: true, force: true }));
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw asStorageError(error, root);
  }
  const mine = held.move();
  return {
    kind: 'mine',
    folder,
    async publish() {
      try {
        await mkdir(dirname(entry), { recursive: true });
        await rename(folder, entry);
      } catch (error) {
        throw asStorageError(error, root);
      }
      return entry;
    },
    [Symbol.asyncDispose]: () => mine.disposeAsync(),
  };
}

async function claimThere(entry: string): Promise<EntryClaim> {
  return {
    kind: 'there',
    entry: await markUsed(entry),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** So that `kmx cache prune` removes the least recently used entries first. */
async function markUsed(entry: string): Promise<string> {
  const now = new Date();
  // Only the order depends on it: a read-only cache can still be used.
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

/** The folder of an existing entry. */
export async function findEntry(root: string, key: string): Promise<string | undefined> {
  const entry = join(root, key);
  return (await isThere(entry)) ? await markUsed(entry) : undefined;
}

/** Removes an entry unless someone is filling it; files of it that are open stay readable. */
export async function discardEntry(root: string, key: string): Promise<void> {
  const name = key.replaceAll('/', '%');
  await using lock = await tryLock(lockFile(root, name));
  if (lock === undefined) return;
  const doomed = join(root, 'temporary', `${name}.${randomBytes(6).toString('hex')}`);
  await mkdir(dirname(doomed), { recursive: true });
  try {
    // In one step, so that nobody finds half an entry.
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
    // Whoever is still filling it holds its lock.
    await using lock = await tryLock(lockFile(root, name));
    if (lock) await removeLeftover(path);
  }
}

async function removeLeftover(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    // A program that the dead process started is still writing there. The next process to fill an
    // entry removes the rest; this one has a folder of its own.
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
