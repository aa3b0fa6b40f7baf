import { pipeline, Readable } from 'node:stream';
import { type Extract, extract, type Header } from 'tar-stream';
import { toLine } from '../../text.ts';
import { type ArchiveEntry, ArchiveFault } from './archive-entry.ts';
import { entryPath, linkTarget } from './entry-path.ts';
import { PackingFault } from './unpack-stream.ts';

/** The entries of a tar archive. Throws an ArchiveFault if it is broken, or if a path leads out of it. */
export async function* tarEntries(source: AsyncIterable<Uint8Array>): AsyncGenerator<ArchiveEntry> {
  const archive = extract();
  let failure: unknown;
  // Types of streamx are not those of node:stream.
  pipeline(Readable.from(source), archive as unknown as NodeJS.WritableStream, (error) => {
    failure = error;
  });
  try {
    for await (const entry of archive) {
      yield describe(entry);
      // What was not read of it; else the archive would wait for a reader.
      entry.resume();
    }
  } catch (error) {
    throw asFault(failure ?? error);
  }
  if (failure) throw asFault(failure);
}

type TarEntry = Extract extends AsyncIterable<infer E> ? E : never;

function describe(entry: TarEntry): ArchiveEntry {
  const { header } = entry;
  const path = entryPath(header.name);
  switch (kindOf(header)) {
    case 'file':
      return { kind: 'file', path, bytes: header.size, content: contentOf(entry) };
    case 'folder':
      return { kind: 'folder', path };
    case 'link':
      return { kind: 'link', path, target: linkTarget(header.linkname) };
    case 'same-file':
      return { kind: 'same-file', path, target: entryPath(header.linkname) };
    case 'other':
      return { kind: 'other', path };
  }
}

function kindOf({ type }: Header): ArchiveEntry['kind'] {
  switch (type) {
    case 'file':
    case 'contiguous-file':
      return 'file';
    case 'directory':
      return 'folder';
    case 'symlink':
      return 'link';
    case 'link':
      return 'same-file';
    default:
      return 'other';
  }
}

async function* contentOf(entry: TarEntry): AsyncGenerator<Uint8Array> {
  try {
    yield* entry as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw asFault(error);
  }
}

function asFault(error: unknown): unknown {
  if (error instanceof ArchiveFault || error instanceof PackingFault) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  // The source's own: a file that cannot be read.
  if (code !== undefined && !code.startsWith('ERR_STREAM')) return error;
  return new ArchiveFault(`a broken tar archive (${toLine(message)})`, error);
}
