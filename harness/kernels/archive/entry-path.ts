import { toLine } from '../../text.ts';
import { ArchiveFault } from './archive-entry.ts';

/** PATH_MAX of Linux. */
const PATH_BYTES_MAX = 4096;

/**
 * The path of an entry, relative to the root of its archive: empty for the root itself. Archives
 * begin paths with `/`, `./` or nothing. Throws an ArchiveFault for a path that leads out of the archive, or
 * that no file can have.
 */
export function entryPath(written: string): string {
  checkText(written, 'a path');
  const names = written.split('/').filter((name) => name !== '' && name !== '.');
  if (names.includes('..')) {
    throw new ArchiveFault(`an archive whose path ${toLine(written)} leads out of it`);
  }
  return names.join('/');
}

/** The target of a link, as written; where it leads is only looked up among the archive's files. */
export function linkTarget(written: string): string {
  checkText(written, 'a link');
  return written;
}

function checkText(written: string, what: string): void {
  if (written.includes('\0')) throw new ArchiveFault(`an archive with ${what} that has a NUL`);
  if (written.length > PATH_BYTES_MAX) {
    throw new ArchiveFault(`an archive with ${what} of ${written.length} characters`);
  }
}
