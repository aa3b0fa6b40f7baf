/**
 * Since when an archive lacks a package that a lock names: one file each in the cache, with the time at
 * which it was first missed. Archives themselves do not record that.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, nameOfDigest } from '../../cache/digest.ts';

/**
 * Notes whether it is missing now. Returns since when, as far as this cache knows, as an ISO time;
 * undefined if it is there.
 */
export async function noteMissing(
  cacheRoot: string,
  { package: name, sha256 }: { readonly package: string; readonly sha256: string },
  { isMissing, now }: { readonly isMissing: boolean; readonly now: string },
): Promise<string | undefined> {
  const folder = join(cacheRoot, 'missing');
  const path = join(folder, `${name}-${nameOfDigest(digestOf(sha256)).slice(0, 16)}`);
  if (!isMissing) {
    await rm(path, { force: true });
    return undefined;
  }
  await mkdir(folder, { recursive: true });
  try {
    await writeFile(path, `${now}\n`, { flag: 'wx' });
    return now;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const noted = (await readFile(path, 'utf8')).trim();
  // A crash of the host may have left an empty file.
  if (!Number.isNaN(Date.parse(noted))) return noted;
  await writeFile(path, `${now}\n`);
  return now;
}
