import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type ArchiveEntry, ArchiveFault } from './archive-entry.ts';
import { cpioEntries, isCpio } from './cpio-entries.ts';
import type { FileTree } from './file-tree.ts';
import { takeHead } from './take-head.ts';
import { tarEntries } from './tar-entries.ts';
import { unpackStream } from './unpack-stream.ts';

/** Opens an archive at its beginning; each archive is read twice, to list it and to extract from it. */
export type OpenArchive = () => AsyncIterable<ArchiveEntry>;

/** Of everything in an archive, unpacked. A release of Kata has 4 GiB. */
const UNPACKED_BYTES_MAX = 32 * 1024 * 1024 * 1024;
/** `ustar` is at 257 in a header of 512 bytes (tar(5)). */
const HEAD_BYTES = 512;

/** Entries of a tar or cpio archive, packed or not, by its content. The file is opened when they are read. */
export function archiveFile(path: string): OpenArchive {
  return () => streamEntries(createReadStream(path, { highWaterMark: 1 << 18 }));
}

/** The same of a stream. Throws an ArchiveFault or a PackingFault for anything else. */
export async function* streamEntries(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<ArchiveEntry> {
  const { head, chunks } = await takeHead(unpackStream(source), HEAD_BYTES);
  const content = bounded(chunks);
  if (isCpio(head)) yield* cpioEntries(content);
  else if (isTar(head)) yield* tarEntries(content);
  else throw new ArchiveFault(describeHead(head));
}

/** Whether the unpacked content begins like an archive; that of a file system does not. */
export async function isArchive(path: string): Promise<boolean> {
  if (!(await stat(path)).isFile()) return false;
  const { head, chunks } = await takeHead(unpackStream(createReadStream(path)), HEAD_BYTES);
  await chunks[Symbol.asyncIterator]().return?.();
  return isCpio(head) || isTar(head);
}

function isTar(head: Buffer): boolean {
  return head.toString('latin1', 257, 262) === 'ustar';
}

async function* bounded(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > UNPACKED_BYTES_MAX) {
      throw new ArchiveFault(
        `an archive that unpacks to more than ${toGib(UNPACKED_BYTES_MAX)} GiB`,
      );
    }
    yield chunk;
  }
}

function toGib(bytes: number): number {
  return bytes / 1024 ** 3;
}

function describeHead(head: Buffer): string {
  if (head.length === 0) return 'an empty file';
  return `a file that is neither a tar nor a cpio archive (it starts with the bytes ${head.toString('hex', 0, 8)})`;
}

/** Adds what is in an archive to a tree, without its content. */
export async function listArchive(tree: FileTree, index: number, open: OpenArchive): Promise<void> {
  let entry = 0;
  for await (const found of open()) tree.add(index, entry++, found);
}
