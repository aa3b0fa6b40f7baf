import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchivedEntry, ArchivedFile } from './archive-format.ts';
import { type ArchiveItem, folderOf, type ItemFile } from './archive-item.ts';
import { PAGE_BYTES, type PageIndex, PageMapper, type Run } from './page-map.ts';

/** Smaller files hardly have pages in common. */
const IN_PAGES_FROM_BYTES = 1024 * 1024;
const PIECE_BYTES = 1024 * 1024;

export interface PackedEntry {
  readonly described: ArchivedEntry;
  /** Of files that have been read already, by path. */
  readonly bytes: ReadonlyMap<string, Buffer>;
  /** To be remembered once the entry is in the archive. */
  readonly added: readonly ReadonlyMap<string, number>[];
}

/** How the content of an entry is to be written. */
export async function describeEntry(
  root: string,
  { key, usedAt }: ArchiveItem,
  files: readonly ItemFile[],
  { index, nextFile }: { readonly index: PageIndex; readonly nextFile: number },
): Promise<PackedEntry> {
  const folder = join(root, folderOf(key));
  const added: ReadonlyMap<string, number>[] = [];
  const described: ArchivedFile[] = [];
  const read = new Map<string, Buffer>();
  for (const { bytes, ...file } of files) {
    if (bytes !== undefined) read.set(file.path, bytes);
    if (!isInPages(key, file)) {
      described.push(file);
      continue;
    }
    const mapper = new PageMapper(index, nextFile + added.length);
    for await (const piece of readPieces(join(folder, file.path), 0, file.size)) mapper.push(piece);
    const mapped = mapper.done();
    added.push(mapped.added);
    described.push({ ...file, pages: [...mapped.runs] });
  }
  return { described: { key, usedAt: usedAt.toISOString(), files: described }, bytes: read, added };
}

function isInPages(key: string, { size }: ItemFile): boolean {
  return key.startsWith('templates/') && size >= IN_PAGES_FROM_BYTES && size % PAGE_BYTES === 0;
}

/** An entry as it stands in an archive, before it is compressed. */
export async function* contentOf(
  root: string,
  { described, bytes }: PackedEntry,
): AsyncGenerator<Buffer> {
  const folder = join(root, folderOf(described.key));
  yield Buffer.from(`${JSON.stringify(described)}\n`);
  for (const { path, size, pages } of described.files) {
    const file = join(folder, path);
    const known = bytes.get(path);
    if (known !== undefined) yield known;
    else if (pages === undefined) yield* readWhole(file, size);
    else yield* readNewPages(file, pages);
  }
}

async function* readWhole(file: string, size: number): AsyncGenerator<Buffer> {
  if (size === 0) return;
  yield* createReadStream(file, { end: size - 1, highWaterMark: PIECE_BYTES });
}

async function* readNewPages(file: string, runs: readonly Run[]): AsyncGenerator<Buffer> {
  await using handle = await open(file);
  let page = 0;
  for (const [kind, count] of runs) {
    if (kind === 'new') yield* readFrom(handle, page * PAGE_BYTES, count * PAGE_BYTES);
    page += count;
  }
}

async function* readPieces(file: string, from: number, bytes: number): AsyncGenerator<Buffer> {
  await using handle = await open(file);
  yield* readFrom(handle, from, bytes);
}

async function* readFrom(handle: FileHandle, from: number, bytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes; ) {
    const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, bytes - at));
    const { bytesRead } = await handle.read(piece, 0, piece.length, from + at);
    // What is cut off shows in the digest.
    if (bytesRead === 0) return;
    yield piece.subarray(0, bytesRead);
    at += bytesRead;
  }
}
