import { mkdir, rm, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { cachedEntry } from '../../cache/cached-entry.ts';
import { digestOf, nameOfDigest } from '../../cache/digest.ts';
import { ArchiveFault } from '../../kernels/archive/archive-entry.ts';
import {
  type ArchiveWords,
  badArchive,
  readingArchive,
} from '../../kernels/archive/archive-error.ts';
import { extractFiles } from '../../kernels/archive/extract-files.ts';
import { FileTree, type FoundFile } from '../../kernels/archive/file-tree.ts';
import { archiveFile, isArchive, listArchive } from '../../kernels/archive/read-archive.ts';
import { digestUsersFile } from '../../kernels/archive/users-file.ts';
import type { ArchivedAgent } from '../../matrix/matrix.ts';
import { matchesGlob } from '../../matrix/patterns.ts';
import { toLine } from '../../text.ts';
import { type FileSystem, findFileSystem } from './disk-image.ts';
import { copyFromErofs } from './erofs-file.ts';
import { copyFromExt4 } from './ext4-file.ts';
import type { CopyOptions, ImageFile } from './image-file.ts';

/** Where Kata's osbuilder puts it; the second one where it is the guest's init. */
const DEFAULT_FILES = ['usr/bin/kata-agent', 'sbin/init'];
/** Links in release archives (kata-containers tools/packaging/guest-image/build_image.sh). */
const DEFAULT_IMAGES = ['kata-containers.img', 'kata-containers-initrd.img'];
/** A debug build of kata-agent has 150 MiB. */
const AGENT_BYTES_MAX = 384 * 1024 * 1024;
/** Changes when other content is put into entries. */
const FORMAT = 1;
const AGENT = 'agent';

/**
 * The path of an agent, in the cache, out of a release archive of Kata, a root file system image or an
 * initrd. Throws a UsageError if it is not there, an InfraError if the host fails or lacks a program.
 */
export async function unpackAgent(
  archive: string,
  wanted: ArchivedAgent,
  cacheRoot: string,
): Promise<string> {
  const path = resolve(archive);
  const { image = '', file = '' } = wanted;
  const identity = [FORMAT, image, file, await digestUsersFile(path, cacheRoot)].join('\n');
  const key = `agents/${nameOfDigest(digestOf(identity))}`;
  const words: ArchiveWords = {
    archive: path,
    expected: 'a release archive of Kata, a root file system image or an initrd with an agent',
    remedy: "say where it is: 'image' in the archive, 'file' in the image",
  };
  const entry = await cachedEntry(cacheRoot, key, (folder) =>
    readingArchive(words, () => fill(folder, path, wanted, words)),
  );
  return join(entry, AGENT);
}

async function fill(
  folder: string,
  path: string,
  wanted: ArchivedAgent,
  words: ArchiveWords,
): Promise<void> {
  if (!(await isArchive(path))) return await takeFromImage(folder, path, wanted, words);
  const tree = new FileTree();
  await listArchive(tree, 0, archiveFile(path));
  const image = findImage(tree, wanted);
  if (image === undefined) {
    if (wanted.image !== undefined) throw badArchive(words, `no image '${wanted.image}' in it`);
    return await takeFromTree(folder, path, tree, wanted, words);
  }
  const unpacked = join(folder, 'rootfs');
  await extractFiles([archiveFile(path)], [{ file: image.file, to: unpacked }]);
  const inside = { ...words, archive: `${words.archive}, ${basename(image.path)}` };
  if (await isArchive(unpacked)) {
    const files = new FileTree();
    await listArchive(files, 0, archiveFile(unpacked));
    await takeFromTree(folder, unpacked, files, wanted, inside);
  } else await takeFromImage(folder, unpacked, wanted, inside);
  await rm(unpacked);
}

function findImage(tree: FileTree, { image }: ArchivedAgent): FoundFile | undefined {
  const paths = tree.paths();
  for (const glob of image === undefined ? DEFAULT_IMAGES : [image.replace(/^(?:\.?\/)+/, '')]) {
    const found = paths.find((path) =>
      matchesGlob(glob.includes('/') ? path : basename(path), glob),
    );
    if (found !== undefined) return tree.find(found);
  }
  return undefined;
}

async function takeFromTree(
  folder: string,
  archive: string,
  tree: FileTree,
  { file }: ArchivedAgent,
  words: ArchiveWords,
): Promise<void> {
  const names = file === undefined ? DEFAULT_FILES : [file];
  const found = names
    .map((name) => tree.find(name))
    .find((one) => one !== undefined && (file !== undefined || isAgentName(one.path)));
  if (found === undefined) throw badArchive(words, noneOf(names));
  if (found.file.bytes > AGENT_BYTES_MAX) {
    throw new ArchiveFault(
      `a file ${toLine(found.path)} of ${Math.ceil(found.file.bytes / 1024 ** 2)} MiB`,
    );
  }
  await extractFiles([archiveFile(archive)], [{ file: found.file, to: join(folder, AGENT) }]);
}

type CopyFile = (file: ImageFile, options: CopyOptions) => Promise<string | undefined>;

const READERS: Readonly<Partial<Record<FileSystem['kind'], CopyFile>>> = {
  ext4: copyFromExt4,
  erofs: copyFromErofs,
};

async function takeFromImage(
  folder: string,
  image: string,
  { file }: ArchivedAgent,
  words: ArchiveWords,
): Promise<void> {
  const found = await findFileSystem(image);
  const copy = found && READERS[found.kind];
  if (found === undefined || copy === undefined) {
    throw badArchive(words, await describeImage(image, found?.kind));
  }
  const names = file === undefined ? DEFAULT_FILES : [file];
  const work = join(folder, 'work');
  for (const path of names) {
    const to = join(folder, AGENT);
    await rm(work, { recursive: true, force: true });
    await mkdir(work);
    const copied = await copy(
      { image, offset: found.offset, path },
      { folder: work, to, bytesMax: AGENT_BYTES_MAX },
    );
    await rm(work, { recursive: true });
    if (copied !== undefined && (file !== undefined || isAgentName(copied))) return;
    await rm(to, { force: true });
  }
  throw badArchive(words, noneOf(names));
}

/** Where another program is init, the link leads to that. */
function isAgentName(path: string): boolean {
  return ['kata-agent', 'init'].includes(basename(path));
}

function noneOf(names: readonly string[]): string {
  return `no ${names.map((name) => toLine(name)).join(' or ')} in it`;
}

async function describeImage(image: string, kind: string | undefined): Promise<string> {
  if (kind !== undefined)
    return `an image with ${kind}, which kmx does not read (it reads ext4 and erofs)`;
  const { size } = await stat(image);
  return size === 0 ? 'an empty file' : 'neither an archive nor an image with a file system';
}
