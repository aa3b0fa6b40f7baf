import { InfraError } from '../errors.ts';
import { omitUndefined } from '../omit-undefined.ts';

/** A full or unwritable disk as an InfraError that names the place; any other error as it is. */
export function asStorageError(error: unknown, path: string): unknown {
  switch ((error as NodeJS.ErrnoException | undefined)?.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(path, error);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new InfraError(`the cache cannot be written: ${path}`, {
        code: 'CACHE_NOT_WRITABLE',
        remedy: 'make that folder writable, or set KMX_CACHE to another one',
        cause: error,
      });
    default:
      return error;
  }
}

/** @param output What a program printed that found the disk full. */
export function diskFull(path: string, cause: unknown, output?: string): InfraError {
  return new InfraError(`no space left on the disk of ${path}`, {
    code: 'DISK_FULL',
    remedy: 'free some space, or set KMX_CACHE to a folder on a larger disk',
    ...omitUndefined({ output }),
    cause,
  });
}
