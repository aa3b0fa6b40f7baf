import { execa } from 'execa';
import { InfraError } from '../../errors.ts';
import { toLine } from '../../text.ts';
import { type ArchiveEntry, ArchiveFault } from '../archive/archive-entry.ts';
import type { OpenArchive } from '../archive/read-archive.ts';
import { tarEntries } from '../archive/tar-entries.ts';

/** deb(5): an ar archive. */
export function isDeb(head: Buffer): boolean {
  return head.toString('latin1', 0, 8) === '!<arch>\n';
}

/** The files of a package, which dpkg-deb unpacks. */
export function openDeb(file: string): OpenArchive {
  return () => debEntries(file);
}

async function* debEntries(file: string): AsyncGenerator<ArchiveEntry> {
  const reader = execa('dpkg-deb', ['--fsys-tarfile', file], {
    env: { LC_ALL: 'C' },
    reject: false,
    stdin: 'ignore',
    buffer: { stdout: false },
  });
  let failure: unknown;
  try {
    yield* tarEntries(reader.stdout);
  } catch (error) {
    failure = error;
  } finally {
    reader.stdout.destroy();
  }
  const ended = await reader;
  if (ended.code === 'ENOENT') {
    throw new InfraError(`dpkg-deb not found: cannot read ${file}`, {
      code: 'NO_DPKG',
      remedy: "use a host with dpkg (Debian, Ubuntu), or the kernel's own files with 'path'",
      cause: ended,
    });
  }
  // What is wrong with the package shows in what it unpacks to; dpkg-deb knows better.
  if (ended.failed && ended.stderr !== '') {
    throw new ArchiveFault(`a broken package (${toLine(ended.stderr)})`, ended);
  }
  if (failure !== undefined) throw failure;
}
