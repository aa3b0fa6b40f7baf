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
      return new InfraError(`${path} cannot be written`, {
        code: 'NOT_WRITABLE',
        remedy:
          'make it writable, or use another folder: KMX_CACHE for the cache, --out for reports',
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
    remedy: 'free some space, or use another disk: KMX_CACHE for the cache, --out for reports',
    ...omitUndefined({ output }),
    cause,
  });
}
