import { chmod, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeBulkReadOnly } from './bulk-listing.ts';
import { entryLock, findEntry, lockName, removeEntry, temporaryFolder } from './existing-entry.ts';
import { takeLock, tryLock, type Waiting } from './host-lock.ts';
import {
  type FileList,
  listUnsealed,
  sealBulk,
  sealCompared,
  sealFolder,
  syncPath,
} from './manifest.ts';
import { asStorageError } from './storage-error.ts';

const KEY = /^[\w+~:=-][\w.+~:=-]*(\/[\w+~:=-][\w.+~:=-]*)*$/;

/**
 * The folder of a cache entry, made first if it does not exist or is damaged.
 *
 * `key` is a relative path below `root` that identifies the content, by whole digests of everything
 * that it is made from: an entry never changes. `fill` gets an empty folder; what it leaves there
 * becomes the entry in one step, so nobody ever sees half an entry. If several processes want the
 * same entry, one fills it and the others wait, for as long as the signal in `waiting` lets them; if
 * that one fails or is killed, the next one fills it. Files are made read-only; folders are left as they are, so that `rm -rf` of the cache works.
 */
export async function cachedEntry(
  root: string,
  key: string,
  fill: (folder: string) => Promise<void>,
  waiting?: Waiting,
): Promise<string> {
  return await filledEntry(root, key, fill, {
    protect: makeReadOnly,
    publish: (claim) => claim.publish(),
    waiting,
  });
}

/** The same for very many files that can be fetched again: their content is not checked one by one. */
export async function cachedBulk(
  root: string,
  key: string,
  fill: (folder: string) => Promise<void>,
  waiting?: Waiting,
): Promise<string> {
  return await filledEntry(root, key, fill, {
    protect: async (folder) => makeBulkReadOnly(folder),
    publish: (claim) => claim.publishBulk(),
    waiting,
  });
}

type OwnClaim = Extract<EntryClaim, { readonly kind: 'mine' }>;

interface Finish {
  readonly protect: (folder: string) => Promise<void>;
  readonly publish: (claim: OwnClaim) => Promise<string>;
  readonly waiting: Waiting | undefined;
}

async function filledEntry(
  root: string,
  key: string,
  fill: (folder: string) => Promise<void>,
  { protect, publish, waiting }: Finish,
): Promise<string> {
  await using claim = await claimEntry(root, key, waiting);
  if (claim.kind === 'there') return claim.entry;
  try {
    await fill(claim.folder);
    await protect(claim.folder);
  } catch (error) {
    throw asStorageError(error, root);
  }
  return await publish(claim);
}

/** The entry exists and is sound, or the caller has claimed it and must fill it. */
export type EntryClaim =
  | ({ readonly kind: 'there'; readonly entry: string } & AsyncDisposable)
  | ({
      readonly kind: 'mine';
      /** Empty; to be filled. */
      readonly folder: string;
      /**
       * Turns the folder into the entry, in one step, once all of it is on the disk. Files keep
       * their modes.
       */
      publish(): Promise<string>;
      /** Does so at once. Until `sealEntry` has done the rest the entry is void after a power loss. */
      publishUnsealed(): Promise<string>;
      /** Does so for very many files: see `sealBulk`. */
      publishBulk(): Promise<string>;
      /** Does so for files that have just been compared with these digests: see `sealCompared`. */
      publishCompared(files: FileList): Promise<string>;
    } & AsyncDisposable);

/**
 * Like `cachedEntry`, for content that may turn out not to exist: a claim that is disposed of
 * before it was published leaves no entry, and the next claimant fills it. Others wait until then.
 */
export async function claimEntry(
  root: string,
  key: string,
  waiting?: Waiting,
): Promise<EntryClaim> {
  if (!KEY.test(key)) throw new TypeError(`not a cache key: '${key}'`);
  const found = await findEntry(root, key);
  if (found.kind === 'sound') return claimThere(found.entry);
  await using held = new AsyncDisposableStack();
  held.use(await takeLock(entryLock(root, key), waiting));
  const foundNow = await findEntry(root, key);
  if (foundNow.kind === 'sound') return claimThere(foundNow.entry);
  if (foundNow.kind === 'damaged') await removeEntry(root, key);
  await removeLeftovers(root, lockName(key));
  const folder = temporaryFolder(root, key);
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
    publish: async () => {
      const entry = await publishFolder(root, key, folder, sealFolder);
      await syncPath(dirname(entry));
      return entry;
    },
    publishBulk: async () => {
      const entry = await publishFolder(root, key, folder, sealBulk);
      await syncPath(dirname(entry));
      return entry;
    },
    publishUnsealed: () => publishFolder(root, key, folder, listUnsealed),
    publishCompared: (files) =>
      publishFolder(root, key, folder, () => sealCompared(folder, key, files)),
    [Symbol.asyncDispose]: () => mine.disposeAsync(),
  };
}

function claimThere(entry: string): EntryClaim {
  return { kind: 'there', entry, [Symbol.asyncDispose]: async () => {} };
}

async function publishFolder(
  root: string,
  key: string,
  folder: string,
  list: (folder: string, key: string) => Promise<void>,
): Promise<string> {
  const entry = join(root, key);
  try {
    await list(folder, key);
    await mkdir(dirname(entry), { recursive: true });
    await rename(folder, entry);
  } catch (error) {
    throw asStorageError(error, root);
  }
  return entry;
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
    await using lock = await tryLock(join(root, 'locks', name));
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
