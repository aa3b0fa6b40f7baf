import { UsageError } from '../errors.ts';
import { replaceFile } from '../reporters/replace-file.ts';

/**
 * Writes a file that the user has named. Throws a UsageError if it cannot be written.
 * @param what For the message: `the page`.
 */
export function writeOutput(what: string, file: string, pieces: Iterable<string>): void {
  try {
    replaceFile(file, pieces);
  } catch (cause) {
    if (!isUsersFault(cause)) throw cause;
    throw new UsageError(`${what} cannot be written to ${file}`, {
      code: 'OUTPUT_NOT_WRITABLE',
      remedy: 'name a file in a folder that is there and that you may write to',
      cause,
    });
  }
}

function isUsersFault(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return ['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'EPERM', 'EROFS'].includes(code);
}
