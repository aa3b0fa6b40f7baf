import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { digestFile, digestOf, nameOfDigest } from '../../cache/digest.ts';
import { replaceCacheFile } from '../../cache/replace-cache-file.ts';
import { UsageError } from '../../errors.ts';
import { parseJson } from '../../parse-json.ts';
import { toLine } from '../../text.ts';

const keptSchema = z.strictObject({ inode: z.string(), digest: z.string() });

/** A file that changed this recently may change again without another time stamp. */
const SETTLED_MS = 2000;

/**
 * `sha256:…` of a file of the user's, remembered as long as the file does not change: a release of Kata
 * has 500 MB, and every command asks. Throws a UsageError if the file cannot be read.
 */
export async function digestUsersFile(path: string, cacheRoot: string): Promise<string> {
  const key = join('file-digests', `${nameOfDigest(digestOf(path))}.json`);
  try {
    const { inode, isSettled } = await describeInode(path);
    const kept = await readKept(join(cacheRoot, key));
    if (kept?.inode === inode) return kept.digest;
    const digest = await digestFile(path);
    if (isSettled) await replaceCacheFile(cacheRoot, key, JSON.stringify({ inode, digest }));
    return digest;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new UsageError(`${path}: the file cannot be read: ${toLine((error as Error).message)}`, {
      code: 'KERNEL_UNREADABLE',
      remedy: 'name a file that you may read',
      cause: error,
    });
  }
}

/** ctime changes with the content, and cannot be set. */
async function describeInode(path: string) {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  const ageMs = Date.now() - Number(ctimeNs / 1_000_000n);
  return { inode: [dev, ino, size, mtimeNs, ctimeNs].join(' '), isSettled: ageMs > SETTLED_MS };
}

/** Undefined for what is not there, or was cut off by a power loss. */
async function readKept(path: string): Promise<z.infer<typeof keptSchema> | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return keptSchema.safeParse(parseJson(text)).data;
}
