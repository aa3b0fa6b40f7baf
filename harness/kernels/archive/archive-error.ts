import { InfraError, UsageError } from '../../errors.ts';
import { toLine } from '../../text.ts';
import { ArchiveFault } from './archive-entry.ts';
import { PackingFault } from './unpack-stream.ts';

/** How an archive is called, for people. */
export interface ArchiveWords {
  /** Its path or name. */
  readonly archive: string;
  /** `a package with a kernel` */
  readonly expected: string;
  readonly remedy: string;
}

/**
 * Runs something that reads an archive; turns its faults into a UsageError, or an InfraError if the
 * host lacks a program for it.
 */
export async function readingArchive<T>(words: ArchiveWords, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw asArchiveError(error, words);
  }
}

function asArchiveError(error: unknown, { archive, expected, remedy }: ArchiveWords): unknown {
  if (error instanceof PackingFault && error.problem.kind === 'no-program') {
    const { program, package: name } = error.problem;
    return new InfraError(`${program} is not installed, but needed to unpack ${archive}`, {
      code: `NO_${program.toUpperCase()}`,
      remedy: `apt-get install ${name}`,
      cause: error,
    });
  }
  if (error instanceof ArchiveFault || error instanceof PackingFault) {
    return badArchive({ archive, expected, remedy }, error.message, error);
  }
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (
    syscall !== undefined &&
    ['ENOENT', 'EACCES', 'EPERM', 'EISDIR', 'ENOTDIR'].includes(code ?? '')
  ) {
    return badArchive({ archive, expected, remedy }, toLine(message), error);
  }
  return error;
}

/** @param found A noun phrase. */
export function badArchive(
  { archive, expected, remedy }: ArchiveWords,
  found: string,
  cause?: unknown,
): UsageError {
  return new UsageError(`${archive}: expected ${expected}; found ${found}`, {
    code: 'BAD_ARCHIVE',
    remedy,
    cause,
  });
}
