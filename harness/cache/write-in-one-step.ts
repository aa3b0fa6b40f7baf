import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncPath } from './manifest.ts';
import { asStorageError } from './storage-error.ts';

/**
 * Has a large file written beside `file`, which becomes `file` once it is complete and on the disk: up to then
 * `file` is as it was. Throws an InfraError if the disk is full or not writable.
 * @param write Writes the file at the path that it gets, which does not exist.
 */
export async function writeInOneStep<T>(
  file: string,
  write: (partial: string) => Promise<T>,
): Promise<{ readonly written: T; readonly bytes: number }> {
  const partial = `${file}.partial-${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(dirname(file), { recursive: true });
    const written = await write(partial);
    await syncPath(partial);
    await rename(partial, file);
    return { written, bytes: (await stat(file)).size };
  } catch (error) {
    throw asStorageError(error, dirname(file));
  } finally {
    await rm(partial, { force: true });
  }
}
