import { InfraError } from '../../errors.ts';

/** Of an archive that is damaged, or was not written by `kmx cache export`. */
export function badArchive(why: string, cause?: unknown): InfraError {
  return new InfraError(`the archive cannot be imported: ${why}`, {
    code: 'BAD_ARCHIVE',
    remedy: 'export it again, or go on without it: what is missing is made or fetched again',
    ...(cause === undefined ? {} : { cause }),
  });
}
