import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import { type Extract, extract } from 'tar-stream';
import { z } from 'zod';
import { InfraError } from '../../errors.ts';
import { parseJson } from '../../parse-json.ts';
import { entryLock, temporaryFolder } from '../existing-entry.ts';
import { takeLock } from '../host-lock.ts';
import { useCache } from '../inventory.ts';
import { asStorageError } from '../storage-error.ts';
import {
  type ArchivedEntry,
  END_NAME,
  ENTRY_SUFFIX,
  endSchema,
  entrySchema,
  groupOf,
  HEAD_NAME,
  headSchema,
  JSON_BYTES_MAX,
} from './archive-format.ts';
import { hasSingleFiles } from './archive-item.ts';
import { badArchive } from './bad-archive.ts';
import {
  type Arrival,
  importEntry,
  importSingleFiles,
  type MergeLastRuns,
  type Unpacking,
} from './import-entry.ts';
import { PieceReader } from './piece-reader.ts';
import { SharedPages } from './shared-pages.ts';

export interface ImportOptions {
  readonly root: string;
  readonly file: string;
  /** What may be written to the disk. */
  readonly bytesMax: number;
  readonly mergeLastRuns: MergeLastRuns;
}

export interface ImportedItem {
  readonly key: string;
  readonly arrival: Arrival;
}

type Member = Extract extends AsyncIterable<infer M> ? M : never;

/** Holes are digested, too: so many bytes for each that may be written. A template has three of four. */
const READ_FOR_WRITTEN = 16;
const SMALL_BYTES = 4096;

/**
 * Adds what is in an archive to the cache, entry by entry, each only once all of it was compared with its
 * digests. What is there already stays as it is; the record of last runs is merged. Throws an InfraError if the archive is damaged or the
 * disk is full; what was added before stays.
 *
 * The digests find what was damaged on the way. They do not say who wrote the archive: import only what
 * you would let write to the cache.
 */
export async function importCache(options: ImportOptions): Promise<readonly ImportedItem[]> {
  const { root, file, bytesMax, mergeLastRuns } = options;
  await using held = new AsyncDisposableStack();
  held.use(await useCache(root));
  // One at a time. It also keeps others from tidying up the folder.
  held.use(await takeLock(entryLock(root, 'import')));
  const temporary = temporaryFolder(root, 'import');
  held.defer(() => rm(temporary, { recursive: true, force: true }));
  const shared = held.use(new SharedPages());
  try {
    await mkdir(temporary, { recursive: true });
    const budget = { writtenBytes: bytesMax, readBytes: READ_FOR_WRITTEN * bytesMax };
    return await readArchive(file, { root, temporary, shared, budget, mergeLastRuns });
  } catch (error) {
    throw asStorageError(error, root);
  }
}

async function readArchive(file: string, unpacking: Unpacking): Promise<readonly ImportedItem[]> {
  const archive = extract();
  // Ends with an error if the iteration below is given up: that error says more.
  const feeding = pipeline(createReadStream(file), archive as unknown as NodeJS.WritableStream);
  feeding.catch(() => {});
  const items: ImportedItem[] = [];
  let isHead = true;
  for await (const member of guarded(archive)) {
    const { name } = member.header;
    if (isHead) {
      await checkHead(member);
      isHead = false;
    } else if (name === END_NAME) {
      const end = await readSmall(member, endSchema);
      if (end?.entries !== items.length) throw badArchive('entries are missing from it');
      return items;
    } else items.push(await importMember(name, member, unpacking));
  }
  throw badArchive(isHead ? 'it is not a tar file' : 'it was cut off');
}

async function checkHead(member: Member): Promise<void> {
  const head = member.header.name === HEAD_NAME;
  const parsed = await readSmall(member, headSchema);
  if (!head) throw badArchive('it was not written by kmx cache export');
  if (parsed === undefined) throw badArchive('another version of kmx wrote it, in another form');
}

async function importMember(
  name: string,
  member: Member,
  unpacking: Unpacking,
): Promise<ImportedItem> {
  const zstd = createZstdDecompress();
  const feeding = pipeline(guarded(member as AsyncIterable<Buffer>), zstd);
  // What it throws is what reading meets.
  feeding.catch(() => {});
  await using content = new PieceReader(guarded(zstd as AsyncIterable<Buffer>));
  const entry = await readEntry(content, name);
  await unpacking.shared.enterGroup(groupOf(entry.key));
  const importIt = hasSingleFiles(entry.key) ? importSingleFiles : importEntry;
  const arrival = await importIt(entry, content, unpacking);
  if (!(await content.isAtEnd())) throw badArchive(`${entry.key} is longer than it says`);
  return { key: entry.key, arrival };
}

async function readEntry(content: PieceReader, name: string): Promise<ArchivedEntry> {
  const line = await content.line(JSON_BYTES_MAX);
  const parsed = entrySchema.safeParse(parseJson(line ?? ''));
  if (!parsed.success) {
    throw badArchive(`${JSON.stringify(name)} is no entry: ${z.prettifyError(parsed.error)}`);
  }
  if (`${parsed.data.key}${ENTRY_SUFFIX}` === name) return parsed.data;
  throw badArchive(`${JSON.stringify(name)} is the entry ${parsed.data.key}`);
}

async function readSmall<T>(member: Member, schema: z.ZodType<T>): Promise<T | undefined> {
  await using content = new PieceReader(guarded(member as AsyncIterable<Buffer>));
  const line = await content.line(SMALL_BYTES);
  // The next member comes only when this one has been read.
  while (!(await content.isAtEnd())) for await (const _ of content.take(SMALL_BYTES));
  return schema.safeParse(parseJson(line ?? '')).data;
}

/** What cannot be read, unpacked or taken apart is the archive's fault. */
async function* guarded<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* source;
  } catch (cause) {
    if (cause instanceof InfraError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw badArchive(`it is damaged or was cut off: ${why}`, cause);
  }
}
