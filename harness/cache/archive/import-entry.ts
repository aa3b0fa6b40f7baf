import { link, lstat, mkdir, readFile, rm, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { claimEntry } from '../cached-entry.ts';
import { readFileList } from '../manifest.ts';
import { type ArchivedEntry, type ArchivedFile, JSON_BYTES_MAX } from './archive-format.ts';
import { folderOf, isSingleFile, LAST_RUNS } from './archive-item.ts';
import { badArchive } from './bad-archive.ts';
import { countPages, PAGE_BYTES } from './page-map.ts';
import type { PieceReader } from './piece-reader.ts';
import type { SharedPages } from './shared-pages.ts';
import { type Budget, skip, unpackFile } from './unpack-file.ts';

export type Arrival = 'added' | 'there';

/**
 * Adds to a cache what the text of another one's `last-runs.json` knows; whether that was anything. Given
 * by the caller: the cache does not know what is in its files.
 */
export type MergeLastRuns = (root: string, text: string) => Promise<boolean>;

export interface Unpacking {
  readonly root: string;
  /** A folder of this import. */
  readonly temporary: string;
  readonly shared: SharedPages;
  readonly budget: Budget;
  readonly mergeLastRuns: MergeLastRuns;
}

/** Adds an entry, unless there is a sound one. */
export async function importEntry(
  entry: ArchivedEntry,
  content: PieceReader,
  unpacking: Unpacking,
): Promise<Arrival> {
  await using claim = await claimEntry(unpacking.root, entry.key);
  if (claim.kind === 'there') {
    await passOver(entry, claim.entry, content, unpacking);
    return 'there';
  }
  for (const file of entry.files) {
    await unpackFile(withoutWriters(file), join(claim.folder, file.path), content, unpacking);
  }
  if (!(await content.isAtEnd())) throw badArchive(`${entry.key} is longer than it says`);
  const published = await claim.publishCompared(
    Object.fromEntries(entry.files.map(({ path, size, digest }) => [path, { size, digest }])),
  );
  const usedAt = new Date(entry.usedAt);
  await utimes(published, usedAt, usedAt);
  return 'added';
}

/**
 * Entries to come may share pages of the archive's files. One that was made again here has the same key,
 * but never the same memory: then the archive's is unpacked for that alone.
 */
async function passOver(
  entry: ArchivedEntry,
  here: string,
  content: PieceReader,
  { root, temporary, shared, budget }: Unpacking,
): Promise<void> {
  const own = (await readFileList(here)) ?? {};
  for (const file of entry.files) {
    const isSame = own[file.path]?.digest === file.digest;
    if (file.pages === undefined) await skip(file.size, content, budget);
    else if (isSame) {
      await skip(bytesInArchive(file), content, budget);
      await shared.add(join(root, entry.key, file.path));
    } else {
      const path = join(temporary, 'shared');
      await unpackFile(file, path, content, { shared, budget });
      await rm(path);
    }
  }
}

function bytesInArchive({ size, pages }: ArchivedFile): number {
  return pages === undefined ? size : countPages(pages, 'new') * PAGE_BYTES;
}

/** Whoever can write to an entry decides what runs believe: its owner alone. */
function withoutWriters(file: ArchivedFile): ArchivedFile {
  return { ...file, mode: (file.mode & 0o755) | 0o400 };
}

/** Adds the files that are missing; of last runs, what is newer. */
export async function importSingleFiles(
  entry: ArchivedEntry,
  content: PieceReader,
  unpacking: Unpacking,
): Promise<Arrival> {
  const { root, temporary } = unpacking;
  const folder = join(root, folderOf(entry.key));
  const isNew = (await lstat(folder).catch(() => undefined)) === undefined;
  let arrival: Arrival = 'there';
  for (const file of entry.files) {
    if (!isSingleFile(entry.key, file.path))
      throw badArchive(`${file.path} is not of ${entry.key}`);
    const path = join(temporary, 'single');
    await unpackFile(withoutWriters(file), path, content, unpacking);
    const isAdded =
      entry.key === LAST_RUNS
        ? await mergeFile(file, path, unpacking)
        : await linkIfAbsent(path, join(folder, file.path));
    if (isAdded) arrival = 'added';
    await rm(path);
  }
  const usedAt = new Date(entry.usedAt);
  if (isNew && folder !== root) await utimes(folder, usedAt, usedAt);
  return arrival;
}

async function mergeFile(
  file: ArchivedFile,
  from: string,
  { root, mergeLastRuns }: Unpacking,
): Promise<boolean> {
  if (file.size > JSON_BYTES_MAX) throw badArchive(`${file.path} is too long`);
  return await mergeLastRuns(root, await readFile(from, 'utf8'));
}

/** In one step, and never in place of a file that another kmx has just written. */
async function linkIfAbsent(from: string, to: string): Promise<boolean> {
  await mkdir(dirname(to), { recursive: true });
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
