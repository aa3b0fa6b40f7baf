import { createReadStream, createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { type Pack, pack } from 'tar-stream';
import { useCache } from '../inventory.ts';
import { writeInOneStep } from '../write-in-one-step.ts';
import {
  type ArchivePart,
  END_NAME,
  ENTRY_SUFFIX,
  FORMAT,
  groupOf,
  HEAD_NAME,
} from './archive-format.ts';
import { type ArchiveItem, listFiles, listItems } from './archive-item.ts';
import { contentOf, describeEntry, type PackedEntry } from './pack-entry.ts';
import { PageIndex } from './page-map.ts';

/** docs/ci.md has figures: higher levels take several times as long for a twentieth less. */
const LEVEL = 3;
const TAR_BLOCK_BYTES = 512;
/** Of a tar file: two empty blocks, and its first and last member. */
const FRAME_BYTES = 12 * TAR_BLOCK_BYTES;

export interface ExportOptions {
  readonly root: string;
  readonly file: string;
  readonly parts: readonly ArchivePart[];
  /** Of the archive. What is worth least stays out. */
  readonly bytesMax: number;
  /** What was last used before then stays out. */
  readonly usedSince: Date | undefined;
}

export interface ExportedItem {
  readonly key: string;
  /** In the archive. */
  readonly bytes: number;
}

export interface LeftOutItem {
  readonly key: string;
  readonly why: 'unused' | 'no-room' | 'damaged';
  /** For people, of what is damaged. */
  readonly damage?: string;
}

export interface Exported {
  readonly bytes: number;
  readonly items: readonly ExportedItem[];
  readonly leftOut: readonly LeftOutItem[];
}

/**
 * Writes an archive of the cache, in one step: up to then the file is as it was. A kmx may be running,
 * whose entries are taken as far as they are complete; nothing is pruned meanwhile. Throws an InfraError
 * if the disk is full or not writable.
 */
export async function exportCache(options: ExportOptions): Promise<Exported> {
  const { root, file } = options;
  await using _use = await useCache(root);
  const { written, bytes } = await writeInOneStep(file, async (partial) => {
    try {
      return await writeArchive(options, partial);
    } finally {
      await rm(entryFile(partial), { force: true });
    }
  });
  return { ...written, bytes };
}

function entryFile(partial: string): string {
  return `${partial}.entry`;
}

async function writeArchive(
  options: ExportOptions,
  partial: string,
): Promise<Omit<Exported, 'bytes'>> {
  const archive = pack();
  const written = pipeline(archive, createWriteStream(partial, { flags: 'wx', mode: 0o600 }));
  // Whoever writes next to the archive meets the error, too; this one is awaited below.
  written.catch(() => {});
  await addText(archive, HEAD_NAME, { format: FORMAT });
  const result = await writeEntries(options, archive, entryFile(partial));
  await addText(archive, END_NAME, { entries: result.items.length });
  archive.finalize();
  await written;
  return result;
}

async function writeEntries(
  { root, parts, bytesMax, usedSince }: ExportOptions,
  archive: Pack,
  temporary: string,
): Promise<Omit<Exported, 'bytes'>> {
  const items: ExportedItem[] = [];
  const leftOut: LeftOutItem[] = [];
  let room = bytesMax - FRAME_BYTES;
  let shared = { group: '', index: new PageIndex() };
  let nextFile = 0;
  for (const item of await listItems(root, parts)) {
    const { key } = item;
    if (usedSince !== undefined && item.usedAt < usedSince) {
      leftOut.push({ key, why: 'unused' });
      continue;
    }
    const group = groupOf(key);
    if (shared.group !== group) shared = { group, index: new PageIndex() };
    const compressed = await compressItem(root, item, { index: shared.index, nextFile }, temporary);
    if (compressed.kind === 'empty') continue;
    if (compressed.kind === 'damaged') {
      leftOut.push({ key, why: 'damaged', damage: compressed.why });
      continue;
    }
    const bytes = TAR_BLOCK_BYTES + roundUp(compressed.bytes);
    if (bytes > room) {
      leftOut.push({ key, why: 'no-room' });
      continue;
    }
    await addFile(archive, `${key}${ENTRY_SUFFIX}`, temporary, compressed.bytes, item.usedAt);
    room -= bytes;
    nextFile += compressed.added.length;
    for (const pages of compressed.added) shared.index.add(pages);
    items.push({ key, bytes });
  }
  return { items, leftOut };
}

type CompressedItem =
  | { readonly kind: 'empty' }
  | { readonly kind: 'damaged'; readonly why: string }
  | {
      readonly kind: 'compressed';
      readonly bytes: number;
      readonly added: readonly ReadonlyMap<string, number>[];
    };

/** Writes what an item is in the archive to a file, since its size must be known first. */
async function compressItem(
  root: string,
  item: ArchiveItem,
  sharing: { readonly index: PageIndex; readonly nextFile: number },
  temporary: string,
): Promise<CompressedItem> {
  try {
    const files = await listFiles(root, item.key);
    if (typeof files === 'string') return { kind: 'damaged', why: files };
    if (files.length === 0) return { kind: 'empty' };
    const packed = await describeEntry(root, item, files, sharing);
    await compress(root, packed, temporary);
    const { size } = await stat(temporary);
    return { kind: 'compressed', bytes: size, added: packed.added };
  } catch (error) {
    // A running kmx may discard an entry at any time.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return { kind: 'damaged', why: 'it was removed meanwhile' };
  }
}

async function compress(root: string, packed: PackedEntry, to: string): Promise<void> {
  const params = {
    [constants.ZSTD_c_compressionLevel]: LEVEL,
    [constants.ZSTD_c_checksumFlag]: 1,
  };
  await pipeline(
    Readable.from(contentOf(root, packed), { objectMode: false }),
    createZstdCompress({ params }),
    createWriteStream(to, { mode: 0o600 }),
  );
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / TAR_BLOCK_BYTES) * TAR_BLOCK_BYTES;
}

async function addText(archive: Pack, name: string, content: unknown): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  archive.entry({ name }, `${JSON.stringify(content)}\n`, (error) =>
    error ? reject(error) : resolve(),
  );
  await promise;
}

async function addFile(
  archive: Pack,
  name: string,
  from: string,
  size: number,
  mtime: Date,
): Promise<void> {
  const sink = archive.entry({ name, size, mtime, mode: 0o600 });
  await pipeline(createReadStream(from), sink as unknown as NodeJS.WritableStream);
}
