/** The digest of all files in a folder that is not a git work tree. */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { digestFile, digestOf, nameOfDigest } from '../../../cache/digest.ts';
import { replaceCacheFile } from '../../../cache/replace-cache-file.ts';
import { UsageError } from '../../../errors.ts';
import { parseJson } from '../../../parse-json.ts';
import type { BuildContext } from '../build-context.ts';
import { trackStep } from '../track-step.ts';

/** How many files at a time. */
const AT_ONCE = 16;

interface ListedFile {
  readonly path: string;
  /** Of a link: where it leads. */
  readonly target?: string;
  readonly isProgram: boolean;
}

interface Listed {
  readonly files: readonly ListedFile[];
  /** `sha256:…` over all inodes. */
  readonly listing: string;
}

/**
 * `sha256:…` over path and content of every file, without `.git`. To read 80,000 files takes ten seconds,
 * so the digest is kept for as long as no inode of them has changed. Throws a UsageError for a file that
 * cannot be read; rejects with the signal's reason.
 */
export async function digestFolder(
  folder: string,
  shown: string,
  context: BuildContext,
): Promise<string> {
  try {
    const listed = listFolder(folder);
    const kept = `tree-digests/${nameOfDigest(digestOf(folder))}.json`;
    const known = await readKept(join(context.cacheRoot, kept));
    if (known?.listing === listed.listing) return known.digest;
    return await readOnce(listed, { folder, shown, kept }, context);
  } catch (error) {
    const { code, message, path } = error as NodeJS.ErrnoException;
    if (path?.startsWith(folder) !== true) throw error;
    if (code === 'ENOENT') throw unreadable(shown, 'a file is gone that was just there', error);
    throw unreadable(shown, message, error);
  }
}

/** By what is read: all kernels of a matrix that are built from a folder ask at the same time. */
const underway = new Map<string, Promise<string>>();

async function readOnce(
  { files, listing }: Listed,
  { folder, shown, kept }: Readonly<Record<'folder' | 'shown' | 'kept', string>>,
  { cacheRoot, onProgress, signal }: BuildContext,
): Promise<string> {
  const key = [cacheRoot, folder, listing].join('\n');
  const other = underway.get(key);
  if (other !== undefined) return await other;
  const what = `reading the files of ${shown}`;
  const reading = trackStep(what, onProgress, () => digestFiles(folder, files, signal));
  underway.set(key, reading);
  try {
    const digest = await reading;
    await replaceCacheFile(cacheRoot, kept, JSON.stringify({ listing, digest }));
    return digest;
  } finally {
    underway.delete(key);
  }
}

function listFolder(folder: string): Listed {
  const files: ListedFile[] = [];
  const sha256 = createHash('sha256');
  const add = (path: string): void => {
    const entries = readdirSync(join(folder, path), { withFileTypes: true });
    for (const entry of entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
      if (entry.name === '.git') continue;
      const own = join(path, entry.name);
      if (entry.isDirectory()) {
        add(own);
        continue;
      }
      const stats = lstatSync(join(folder, own), { bigint: true });
      sha256.update(`${JSON.stringify([own, ...describeInode(stats)])}\n`);
      const isProgram = (stats.mode & 0o111n) !== 0n;
      if (entry.isFile()) files.push({ path: own, isProgram });
      else if (entry.isSymbolicLink()) {
        files.push({ path: own, isProgram, target: readlinkSync(join(folder, own)) });
      }
    }
  };
  add('');
  return { files, listing: `sha256:${sha256.digest('hex')}` };
}

/** ctime cannot be set. */
function describeInode({ ino, mode, size, mtimeNs, ctimeNs }: import('node:fs').BigIntStats) {
  return [ino, mode, size, mtimeNs, ctimeNs].map(String);
}

async function digestFiles(
  folder: string,
  files: readonly ListedFile[],
  signal: AbortSignal | undefined,
): Promise<string> {
  const limit = pLimit(AT_ONCE);
  const lines = await limit.map([...files], async ({ path, target, isProgram }) => {
    signal?.throwIfAborted();
    const content = target === undefined ? await digestFile(join(folder, path)) : `link ${target}`;
    return JSON.stringify([path, isProgram, content]);
  });
  return digestOf(['folder', ...lines].join('\n'));
}

interface Kept {
  readonly listing: string;
  readonly digest: string;
}

/** Undefined also for a file that a power loss has emptied. */
async function readKept(path: string): Promise<Kept | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const parsed = parseJson(text) as Partial<Kept> | undefined;
  return typeof parsed?.listing === 'string' && typeof parsed.digest === 'string'
    ? { listing: parsed.listing, digest: parsed.digest }
    : undefined;
}

function unreadable(shown: string, found: string, cause: unknown): UsageError {
  return new UsageError(`${shown}: its files cannot be read: ${found}`, {
    code: 'TREE_UNREADABLE',
    remedy: 'make all of them readable, or build a commit of it, with git:',
    cause,
  });
}
