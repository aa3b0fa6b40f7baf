import { UsageError } from '../errors.ts';
import { readRegularFile } from './read-regular-file.ts';

/** Debian's have 10 KiB. */
const TEXT_BYTES_MAX = 16 * 1024 * 1024;

/**
 * A text that belongs to a kernel: modules.builtin. Throws a UsageError if it cannot be read;
 * `expected` says there what it should be.
 */
export async function readKernelText(path: string, expected: string): Promise<string> {
  try {
    return (await readRegularFile(path, { bytesMax: TEXT_BYTES_MAX })).toString();
  } catch (error) {
    throw new UsageError(`${path}: expected ${expected}; found ${(error as Error).message}`, {
      code: 'KERNEL_UNREADABLE',
      remedy: 'name a file that you may read, or leave it out',
      cause: error,
    });
  }
}
