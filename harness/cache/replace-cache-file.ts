import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asStorageError } from './storage-error.ts';

/**
 * Writes a file of the cache in one step, with its folder: a reader sees the old content or the new
 * one, never half of it. Throws an InfraError if the disk is full or read-only, else as `fs` does.
 *
 * After a power loss the file may be empty, since nobody waits for the disk: a run writes thousands of
 * such files, at 8 ms each. Readers must recognise that and treat it as no file.
 */
export async function replaceCacheFile(root: string, path: string, content: string): Promise<void> {
  const file = join(root, path);
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(temporary, content, { flag: 'wx' });
    await rename(temporary, file);
  } catch (error) {
    // Why the file could not be written says more than why nothing could be removed.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw asStorageError(error, root);
  }
}
