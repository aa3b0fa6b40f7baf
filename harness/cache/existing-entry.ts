/** Entries of the cache that are there: found, looked over, discarded. */
import { randomBytes } from 'node:crypto';
import { lstat, mkdir, rename, rm, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { tryLock } from './host-lock.ts';
import { findDamage, sealFolder, syncPath } from './manifest.ts';
import { asStorageError } from './storage-error.ts';

export type FoundEntry =
  | { readonly kind: 'absent' }
  /** All of its files are as they were written. */
  | { readonly kind: 'sound'; readonly entry: string }
  /** It must not be used; whoever claims it fills it anew. */
  | { readonly kind: 'damaged'; readonly why: string };

/** The folder of an entry, which counts as used from now on. */
export async function findEntry(root: string, key: string): Promise<FoundEntry> {
  const entry = join(root, key);
  if (!(await isThere(entry))) return { kind: 'absent' };
  const why = await findDamage(entry, key);
  if (why !== undefined) return { kind: 'damaged', why };
  const now = new Date();
  // So that `kmx cache prune` removes the least recently used entries first. Only the order depends
  // on it: a read-only cache can still be used.
  await utimes(entry, now, now).catch(() => {});
  return { kind: 'sound', entry };
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

/**
 * Does for an entry what `publishUnsealed` has left out. Returns whether the entry was still there.
 * Throws an InfraError if the disk is full or read-only, else as `fs` does.
 */
export async function sealEntry(root: string, key: string): Promise<boolean> {
  const entry = join(root, key);
  try {
    await sealFolder(entry, key);
    await syncPath(dirname(entry));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw asStorageError(error, root);
  }
}

/** Removes an entry unless someone is filling it; files of it that are open stay readable. */
export async function discardEntry(root: string, key: string): Promise<void> {
  await using lock = await tryLock(entryLock(root, key));
  if (lock !== undefined) await removeEntry(root, key);
}

/** For whoever holds the entry's lock. In one step, so that nobody finds half an entry. */
export async function removeEntry(root: string, key: string): Promise<void> {
  const doomed = temporaryFolder(root, key);
  try {
    await mkdir(dirname(doomed), { recursive: true });
    await rename(join(root, key), doomed);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw asStorageError(error, root);
  }
  await rm(doomed, { recursive: true, force: true });
}

export function entryLock(root: string, key: string): string {
  return join(root, 'locks', lockName(key));
}

/** Keys are paths, and a lock is one file. */
export function lockName(key: string): string {
  return key.replaceAll('/', '%');
}

/** A name of its own below `temporary`; the part before the last dot is that of its lock. */
export function temporaryFolder(root: string, key: string): string {
  return join(root, 'temporary', `${lockName(key)}.${randomBytes(6).toString('hex')}`);
}
