/**
 * Copies a file out of an erofs file system. dump.erofs of erofs-utils says where its bytes are, and writes nothing:
 * `fsck.erofs --extract` would unpack the whole image, with its links and devices, and cannot begin at a partition.
 * Files that are compressed are not read: Kata's images have none (osbuilder calls mkfs.erofs without -z).
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat, symlink } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import { InfraError } from '../../errors.ts';
import { ArchiveFault } from '../../kernels/archive/archive-entry.ts';
import { toLine } from '../../text.ts';
import { type DumpedInode, parseInode } from './dumped-inode.ts';
import { type CopyOptions, type ImageFile, LINKS_MAX, TIMEOUT_MS } from './image-file.ts';

/** Links are no longer than the kernel's paths (PATH_MAX). */
const LINK_BYTES_MAX = 4096;

/**
 * Where the file is at the end of all links; undefined if there is none. Throws an ArchiveFault for a broken file
 * system, or a file that is compressed or too large; an InfraError if the host has no dump.erofs.
 */
export async function copyFromErofs(
  { image, offset, path }: ImageFile,
  { folder, to, bytesMax }: CopyOptions,
): Promise<string | undefined> {
  const alone = join(folder, 'erofs');
  if (offset === 0) await symlink(image, alone);
  else await pipeline(createReadStream(image, { start: offset }), createWriteStream(alone));
  const found = await resolvePath(alone, path);
  if (found === undefined) return undefined;
  if (found.inode.bytes > bytesMax) {
    const size = Math.ceil(found.inode.bytes / 1024 ** 2);
    throw new ArchiveFault(`a file ${toLine(found.path)} of ${size} MiB`);
  }
  await copyContent(alone, found.inode, to);
  return found.path;
}

/** Follows links, also those to folders: dump.erofs follows none. */
async function resolvePath(image: string, start: string) {
  if ((await findInode(image, '/'))?.type !== 'directory') throw broken('no root folder');
  let [path, rest] = ['/', namesOf(start)];
  let links = 0;
  for (;;) {
    const [name, ...others] = rest;
    if (name === undefined) return undefined;
    const here = posix.join(path, name);
    const inode = await findInode(image, here);
    switch (inode?.type) {
      case 'directory':
        [path, rest] = [here, others];
        break;
      case 'link': {
        if (++links > LINKS_MAX) return undefined;
        const target = posix.resolve(path, await readLink(image, inode));
        [path, rest] = ['/', [...namesOf(target), ...others]];
        break;
      }
      case 'file':
        return others.length === 0 ? { path: here, inode } : undefined;
      default:
        return undefined;
    }
  }
}

function namesOf(path: string): readonly string[] {
  return posix
    .resolve('/', path)
    .split('/')
    .filter((name) => name !== '');
}

async function findInode(image: string, path: string): Promise<DumpedInode | undefined> {
  const ended = await execa('dump.erofs', ['-e', `--path=${path}`, image], {
    env: { LC_ALL: 'C', PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    reject: false,
    stdin: 'ignore',
    timeout: TIMEOUT_MS,
    maxBuffer: 16 * 1024 ** 2,
  });
  if (ended.code === 'ENOENT') throw noDumpErofs(ended);
  if (ended.signal !== undefined || ended.timedOut || ended.isMaxBuffer) {
    throw broken(`dump.erofs was ended by ${ended.signal ?? 'what it printed'}`);
  }
  return parseInode(ended.stdout);
}

async function readLink(image: string, inode: DumpedInode): Promise<string> {
  if (inode.bytes > LINK_BYTES_MAX) throw broken('a link that is too long');
  const parts: Buffer[] = [];
  for await (const part of readContent(image, inode)) parts.push(part);
  return Buffer.concat(parts).toString();
}

async function copyContent(image: string, inode: DumpedInode, to: string): Promise<void> {
  await pipeline(readContent(image, inode), createWriteStream(to, { flags: 'wx' }));
}

/** Extents are in whole blocks, and follow each other. */
async function* readContent(image: string, inode: DumpedInode): AsyncGenerator<Buffer> {
  if (inode.isCompressed) {
    throw new ArchiveFault('a file that erofs has compressed, which kmx does not read');
  }
  const { size } = await stat(image);
  await using file = await open(image);
  let left = inode.bytes;
  for (const { logical, physical, bytes } of inode.extents) {
    if (left === 0) return;
    const wanted = Math.min(bytes, left);
    if (logical !== inode.bytes - left || physical + wanted > size) throw broken('wrong extents');
    yield* file.createReadStream({
      ...{ start: physical, end: physical + wanted - 1, autoClose: false },
    }) as AsyncIterable<Buffer>;
    left -= wanted;
  }
  if (left > 0) throw broken('too few extents');
}

function broken(why: string): ArchiveFault {
  return new ArchiveFault(`a broken erofs file system (${why})`);
}

function noDumpErofs(cause: unknown): InfraError {
  return new InfraError(
    'dump.erofs not found: it reads the file systems of root file system images',
    {
      code: 'NO_DUMP_EROFS',
      remedy:
        'apt-get install erofs-utils, or name an initrd of Kata, or the agent itself with path',
      cause,
    },
  );
}
