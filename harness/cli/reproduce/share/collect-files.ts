/** The files of a folder of this host, to be copied into a guest. */
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { UsageError } from '../../../errors.ts';
import type { FileEntry } from '../../../file-entry.ts';
import { count } from '../../../phrases.ts';
import { formatBytes } from '../../format-bytes.ts';

/** An eighth of a guest's memory, in which all its files are, and which scenarios fill. */
export const COPY_BYTES_MAX = 32 * 1024 * 1024;
export const COPY_ENTRIES_MAX = 2000;

export interface CollectedFiles {
  /** Their paths are those in the guest. */
  readonly entries: readonly FileEntry[];
  readonly bytes: number;
  /** Paths within the folder of what is no file, folder, or link within it. */
  readonly leftOut: readonly string[];
}

/**
 * Links are kept as links if they lead to a place in the folder, and left out if they do not: none is
 * followed. Rejects with a UsageError if there is too much, or something cannot be read.
 *
 * @param folder Absolute, without links in it.
 * @param at Where it will be in the guest.
 */
export async function collectFiles(folder: string, at: string): Promise<CollectedFiles> {
  const entries: FileEntry[] = [];
  const leftOut: string[] = [];
  let bytes = 0;
  const add = (entry: FileEntry): void => {
    entries.push(entry);
    if (entries.length > COPY_ENTRIES_MAX) throw tooMany(folder);
  };
  async function visit(path: string): Promise<void> {
    const inFolder = relative(folder, path);
    const inGuest = join(at, inFolder);
    const facts = await lstat(path);
    const mode = facts.mode & 0o777;
    if (facts.isDirectory()) {
      if (inFolder !== '') add({ kind: 'directory', path: inGuest, mode });
      for (const name of (await readdir(path)).sort()) await visit(join(path, name));
    } else if (facts.isFile()) {
      bytes += facts.size;
      if (bytes > COPY_BYTES_MAX) throw tooLarge(folder);
      add({ kind: 'file', path: inGuest, mode, content: await readFile(path) });
    } else if (facts.isSymbolicLink() && leadsInside(folder, path, await readlink(path))) {
      add({ kind: 'link', path: inGuest, target: await readlink(path) });
    } else leftOut.push(inFolder);
  }
  try {
    await visit(folder);
  } catch (error) {
    throw asUnreadable(error, folder);
  }
  return { entries, bytes, leftOut };
}

function leadsInside(folder: string, link: string, target: string): boolean {
  if (isAbsolute(target)) return false;
  const place = relative(folder, resolve(dirname(link), target));
  return place !== '..' && !place.startsWith('../');
}

function tooLarge(folder: string): UsageError {
  return new UsageError(
    `--share ${folder}: expected at most ${formatBytes(COPY_BYTES_MAX)}, found more; the guest's kernel has no 9p, so the folder is copied`,
    {
      code: 'SHARE_TOO_LARGE',
      remedy: 'share a smaller folder, or name a cell whose kernel has CONFIG_9P_FS',
    },
  );
}

function tooMany(folder: string): UsageError {
  return new UsageError(
    `--share ${folder}: expected at most ${count(COPY_ENTRIES_MAX, 'file')}, found more; the guest's kernel has no 9p, so the folder is copied`,
    {
      code: 'SHARE_TOO_LARGE',
      remedy: 'share a smaller folder, or name a cell whose kernel has CONFIG_9P_FS',
    },
  );
}

function asUnreadable(error: unknown, folder: string): unknown {
  const { code, path } = error as NodeJS.ErrnoException;
  if (error instanceof UsageError || code === undefined) return error;
  return new UsageError(`--share ${folder}: ${path ?? folder} cannot be read: ${code}`, {
    code: 'SHARE_UNREADABLE',
    remedy: 'share a folder that you can read, and that nobody changes meanwhile',
  });
}
