import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UsageError } from '../../errors.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { toLine } from '../../text.ts';
import { readKernelConfig } from '../config/read-config.ts';
import { digestKernel } from '../kernel-digest.ts';
import { readKernelRelease } from '../kernel-file.ts';
import type { BootableKernel } from '../kernel-image.ts';
import { type ArchiveWords, badArchive } from './archive-error.ts';
import { extractFiles, type WantedFile } from './extract-files.ts';
import type { FileTree } from './file-tree.ts';
import { type FoundKernel, findPackedKernel, type PackedKernel } from './kernel-layout.ts';
import type { OpenArchive } from './read-archive.ts';

/** Archives, and what they have together. */
export interface KernelArchives {
  readonly tree: FileTree;
  /** In the order in which they were added to the tree. */
  readonly archives: readonly OpenArchive[];
}

/** How a user names a file in archives. */
export interface WantedImage {
  /** Path or glob; absent: the only kernel. */
  readonly wanted?: string | undefined;
  /** The key in the matrix file. */
  readonly key: 'file' | 'image';
}

/** What an entry says about its kernel. Paths are relative to the entry. */
interface KernelRecord {
  readonly format: 1;
  /** Where the image was in its archives. */
  readonly name: string;
  readonly release: string;
  readonly image: string;
  readonly config?: string;
  readonly modules?: string;
  readonly digest: string;
}

const RECORD = 'kernel.json';
const IMAGE = 'vmlinuz';
const CONFIG = 'config';
const MODULES = 'modules';
/** Changes when the layout of entries changes, or what is put into them. */
export const KERNEL_ENTRY_FORMAT = 1;

/**
 * Fills an entry of the cache with the one kernel in some archives. Throws a UsageError if there is
 * not exactly one, or it is none that QEMU boots; an ArchiveFault as `extractFiles`.
 */
export async function fillKernelEntry(
  folder: string,
  { tree, archives }: KernelArchives,
  image: WantedImage,
  words: ArchiveWords,
): Promise<void> {
  const kernel = onlyKernel(findPackedKernel(tree, image.wanted), image, words);
  await extractFiles(archives, wantedFiles(folder, kernel));
  const release = await naming(words, kernel.name, () => readKernelRelease(join(folder, IMAGE)));
  const releases = new Set(kernel.modules.map((module) => module.release));
  for (const other of releases) {
    if (other !== release) await rm(join(folder, MODULES, other), { recursive: true });
  }
  if (kernel.config !== undefined) {
    await naming(words, 'its config', () => readKernelConfig(join(folder, CONFIG)));
  }
  await writeRecord(folder, {
    name: kernel.name,
    release,
    image: IMAGE,
    ...(kernel.config !== undefined && { config: CONFIG }),
    ...(releases.has(release) && { modules: join(MODULES, release) }),
  });
}

/** Puts files that are already below the entry's folder into the form of `fillKernelEntry`. */
export async function writeRecord(
  folder: string,
  record: Omit<KernelRecord, 'digest' | 'format'>,
): Promise<void> {
  const digest = await digestKernel(absolute(folder, record));
  const content: KernelRecord = { format: 1, ...record, digest };
  await writeFile(join(folder, RECORD), JSON.stringify(content, null, 2));
}

/** The kernel in an entry that was filled so. */
export async function readKernelEntry(
  entry: string,
): Promise<Omit<BootableKernel, 'origin'> & Pick<KernelRecord, 'name'>> {
  const record = JSON.parse(await readFile(join(entry, RECORD), 'utf8')) as KernelRecord;
  const { release, digest, name, config } = record;
  const configFrom = config === undefined ? undefined : ('package' as const);
  return { name, release, digest, ...absolute(entry, record), ...omitUndefined({ configFrom }) };
}

function absolute(
  folder: string,
  { image, config, modules }: Omit<KernelRecord, 'digest' | 'format'>,
) {
  return {
    image: join(folder, image),
    ...(config !== undefined && { config: join(folder, config) }),
    ...(modules !== undefined && { modules: join(folder, modules) }),
  };
}

function wantedFiles(folder: string, { image, config, modules }: PackedKernel): WantedFile[] {
  return [
    { file: image, to: join(folder, IMAGE) },
    ...(config === undefined ? [] : [{ file: config, to: join(folder, CONFIG) }]),
    // Paths of a tree have no `..` and no link in them.
    ...modules.map(({ release, path, file }) => ({
      file,
      to: join(folder, MODULES, release, path),
    })),
  ];
}

const NAMES_MAX = 8;

function onlyKernel(
  found: FoundKernel,
  { wanted, key }: WantedImage,
  words: ArchiveWords,
): PackedKernel {
  switch (found.kind) {
    case 'kernel':
      return found;
    case 'none': {
      const asked = wanted === undefined ? 'no kernel' : `no ${key} '${wanted}'`;
      throw badArchive(words, `${asked} among its ${found.files} files`);
    }
    case 'several': {
      const shown = found.names.slice(0, NAMES_MAX).map((name) => toLine(name));
      const more = found.names.length > NAMES_MAX ? ', …' : '';
      throw badArchive(
        { ...words, remedy: `name one of them: ${key}: ${shown[0]}` },
        `${found.names.length} kernels: ${shown.join(', ')}${more}`,
      );
    }
  }
}

/** Says of a file in an entry that is about to vanish where it came from. */
export async function naming<T>(
  words: ArchiveWords,
  name: string,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    // The message begins with a path in the cache.
    const found = error.message.slice(error.message.indexOf(': ') + 2);
    throw new UsageError(`${words.archive}: ${basename(toLine(name))}: ${found}`, {
      code: error.code,
      remedy: words.remedy,
      cause: error,
    });
  }
}
