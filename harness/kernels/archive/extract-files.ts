import { createWriteStream } from 'node:fs';
import { constants, copyFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ArchiveEntry, ArchiveFault } from './archive-entry.ts';
import type { OpenArchive } from './read-archive.ts';
import type { TreeFile } from './tree-node.ts';

export interface WantedFile {
  readonly file: TreeFile;
  /** Where it goes: nothing is there yet. */
  readonly to: string;
}

/** Of what is written. Debian's largest kernel has 500 MiB with its modules, a debug vmlinux 800. */
const EXTRACTED_BYTES_MAX = 4 * 1024 ** 3;

/**
 * Writes some files of archives, and nothing else. `to` is the caller's: no path of an archive is
 * used. Throws an ArchiveFault if they are too large or broken, else as `fs` does.
 */
export async function extractFiles(
  archives: readonly OpenArchive[],
  wanted: readonly WantedFile[],
): Promise<void> {
  const bytes = wanted.reduce((sum, { file }) => sum + file.bytes, 0);
  if (bytes > EXTRACTED_BYTES_MAX) {
    throw new ArchiveFault(`an archive with a kernel of ${Math.ceil(bytes / 1024 ** 2)} MiB`);
  }
  const byArchive = Map.groupBy(wanted, ({ file }) => file.archive);
  for (const [archive, files] of byArchive) {
    const open = archives[archive];
    if (open === undefined) throw new Error(`Expected an archive ${archive}`);
    await extractFrom(
      open,
      Map.groupBy(files, ({ file }) => file.entry),
    );
  }
}

async function extractFrom(
  open: OpenArchive,
  wanted: ReadonlyMap<number, readonly WantedFile[]>,
): Promise<void> {
  let left = wanted.size;
  let index = 0;
  for await (const entry of open()) {
    const files = wanted.get(index++);
    if (files === undefined) continue;
    await writeEntry(entry, files);
    left--;
    if (left === 0) return;
  }
  throw new ArchiveFault('an archive that changes while it is read');
}

async function writeEntry(entry: ArchiveEntry, files: readonly WantedFile[]): Promise<void> {
  if (entry.kind !== 'file') throw new ArchiveFault('an archive that changes while it is read');
  // The same content under two names is rare: kernels have one or two of these.
  const sinks = files.map(({ to }) => to);
  await Promise.all(sinks.map((to) => mkdir(dirname(to), { recursive: true })));
  const [first, ...others] = sinks;
  if (first === undefined) return;
  const content = boundedTo(entry.bytes, entry.content);
  await pipeline(Readable.from(content), createWriteStream(first, { flags: 'wx' }));
  for (const other of others) await copyFile(first, other, constants.COPYFILE_EXCL);
}

/** Refuses archives with wrong sizes, since limits were checked against these. */
async function* boundedTo(
  bytes: number,
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let found = 0;
  for await (const part of content) {
    found += part.length;
    if (found > bytes) break;
    yield part;
  }
  if (found === bytes) return;
  throw new ArchiveFault(`an archive with a file of other than the ${bytes} bytes that it says`);
}
