/**
 * Results on disk: `results/<key>/<spec file>.json` in the cache. Files are replaced atomically, so
 * that two kmx processes see an old or a new one, never half of one; an unusable file counts as
 * missing.
 */
import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { digestFile, digestOf, nameOfDigest } from '../cache/digest.ts';
import { replaceCacheFile } from '../cache/replace-cache-file.ts';
import { formatStoredFile, parseStoredFile, type StoredFile } from './stored-file.ts';

const FOLDER = 'results';
/** Results that nobody has asked for in this long are removed. */
const AGE_MAX_MS = 14 * 24 * 60 * 60 * 1000;

export interface ResultStore {
  /** The valid results of these spec files: everything the files imported is unchanged. */
  read(key: string, files: readonly string[]): Promise<ReadonlyMap<string, StoredFile>>;
  /** Throws an InfraError if the disk is full or not writable, else as `fs` does. */
  write(stored: StoredFile): Promise<void>;
  /** Removes what is too old. */
  prune(): Promise<void>;
}

/** @param scenarioRoot Spec files and their imports are named relative to it. */
export function createResultStore(cacheRoot: string, scenarioRoot: string): ResultStore {
  const root = join(cacheRoot, FOLDER);
  const folderOf = (key: string): string => join(root, nameOfDigest(key));
  const nameOf = (file: string): string => `${nameOfDigest(digestOf(file))}.json`;
  /** Cached, so that all cells of a run see the same state of the files. */
  const digests = new Map<string, Promise<string | undefined>>();

  function digestNow(path: string): Promise<string | undefined> {
    const known = digests.get(path);
    if (known !== undefined) return known;
    const digest = digestFile(join(scenarioRoot, path)).catch(() => undefined);
    digests.set(path, digest);
    return digest;
  }

  async function holds({ modules }: StoredFile): Promise<boolean> {
    const now = Object.entries(modules).map(
      async ([path, digest]) => (await digestNow(path)) === digest,
    );
    return (await Promise.all(now)).every(Boolean);
  }

  async function readOne(key: string, file: string): Promise<StoredFile | undefined> {
    const text = await readFile(join(folderOf(key), nameOf(file)), 'utf8').catch(() => undefined);
    const stored = text === undefined ? undefined : parseStoredFile(text, { key, file });
    return stored !== undefined && (await holds(stored)) ? stored : undefined;
  }

  return {
    async read(key, files) {
      const found = await Promise.all(files.map((file) => readOne(key, file)));
      const stored = found.filter((one) => one !== undefined);
      // A folder whose time cannot be set only looks older than it is.
      const now = new Date();
      if (stored.length > 0) await utimes(folderOf(key), now, now).catch(() => undefined);
      return new Map(stored.map((one) => [one.file, one]));
    },
    async write(stored) {
      const path = join(FOLDER, nameOfDigest(stored.key), nameOf(stored.file));
      await replaceCacheFile(cacheRoot, path, formatStoredFile(stored));
    },
    prune: () => pruneFolders(root),
  };
}

/** A folder's time is that of its last use. Another kmx may remove folders at the same time. */
async function pruneFolders(root: string): Promise<void> {
  const names = await readdir(root).catch(() => []);
  for (const name of names) {
    const path = join(root, name);
    const entry = await stat(path).catch(() => undefined);
    const isOld = entry?.isDirectory() === true && Date.now() - entry.mtimeMs > AGE_MAX_MS;
    if (isOld) await rm(path, { recursive: true, force: true });
  }
}
