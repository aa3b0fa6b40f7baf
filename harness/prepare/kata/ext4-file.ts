/**
 * Copies a file out of an ext4 file system with e2fsprogs' debugfs, which needs no root: nothing is mounted,
 * and the host's kernel never sees the image.
 */
import { createWriteStream } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import { InfraError } from '../../errors.ts';
import { ArchiveFault } from '../../kernels/archive/archive-entry.ts';
import { toLine } from '../../text.ts';
import { type CopyOptions, type ImageFile, LINKS_MAX, TIMEOUT_MS } from './image-file.ts';

const LINK = 'image';

/**
 * Where the file is at the end of all links; undefined if there is none. Throws an ArchiveFault for a
 * broken file system or a file that is too large, an InfraError if the host has no debugfs.
 */
export async function copyFromExt4(
  { image, offset, path }: ImageFile,
  { folder, to, bytesMax }: CopyOptions,
): Promise<string | undefined> {
  // debugfs takes what follows a question mark for options: the image gets a name without one.
  await symlink(image, join(folder, LINK));
  const device = `${LINK}?offset=${offset}`;
  const found = await followLinks({ folder, device }, path);
  if (found === undefined) return undefined;
  if (found.bytes > bytesMax) {
    throw new ArchiveFault(
      `a file ${toLine(found.path)} of ${Math.ceil(found.bytes / 1024 ** 2)} MiB`,
    );
  }
  const bytes = await copyContent({ folder, device }, found.path, to, bytesMax);
  if (bytes !== found.bytes) throw new ArchiveFault('a broken ext4 file system');
  return found.path;
}

interface Place {
  readonly folder: string;
  readonly device: string;
}

async function followLinks(place: Place, start: string) {
  let path = posix.join('/', start);
  for (let links = 0; links <= LINKS_MAX; links++) {
    const told = await askDebugfs(place, `stat ${quoted(path)}`);
    const type = /Type: (\w+)/.exec(told)?.[1];
    if (type === 'regular') return { path, bytes: Number(/Size: (\d+)/.exec(told)?.[1]) };
    const target = /^Fast link dest: "(.*)"$/m.exec(told)?.[1];
    if (type !== 'symlink' || target === undefined) return undefined;
    path = posix.resolve(posix.dirname(path), target);
  }
  return undefined;
}

/** As debugfs splits its commands: a path with these could be another command. */
function quoted(path: string): string {
  if (/["\\\n\r\0]/.test(path)) throw new ArchiveFault(`a link to ${toLine(path)}`);
  return `"${path}"`;
}

function run({ folder, device }: Place, command: string, buffer: boolean) {
  return execa('debugfs', ['-R', command, device], {
    cwd: folder,
    // Users' paths lack the folder in which Debian has it.
    env: { LC_ALL: 'C', PATH: `${process.env.PATH}:/usr/sbin:/sbin`, DEBUGFS_PAGER: 'cat' },
    reject: false,
    stdin: 'ignore',
    timeout: TIMEOUT_MS,
    maxBuffer: 1024 * 1024,
    encoding: 'buffer',
    buffer: { stdout: buffer, stderr: true },
  });
}

/** It exits with 0 whatever happens, and says on stderr what did. */
async function askDebugfs(place: Place, command: string): Promise<string> {
  const ended = await run(place, command, true);
  if (ended.code === 'ENOENT') throw noDebugfs(ended);
  const told = Buffer.from(ended.stderr ?? []).toString();
  if (/Bad magic number|while trying to open|Filesystem not open/.test(told) || ended.timedOut) {
    const [, why = told] = told.split('\n');
    throw new ArchiveFault(`a broken ext4 file system (${toLine(why)})`);
  }
  return Buffer.from(ended.stdout ?? []).toString('latin1');
}

async function copyContent(
  place: Place,
  path: string,
  to: string,
  bytesMax: number,
): Promise<number> {
  const running = run(place, `cat ${quoted(path)}`, false);
  let bytes = 0;
  async function* bounded(): AsyncGenerator<Uint8Array> {
    for await (const part of running.iterable({ binary: true })) {
      bytes += part.length;
      if (bytes > bytesMax) throw new ArchiveFault('a broken ext4 file system');
      yield part;
    }
  }
  await pipeline(Readable.from(bounded()), createWriteStream(to, { flags: 'wx' }));
  return bytes;
}

function noDebugfs(cause: unknown): InfraError {
  return new InfraError('debugfs not found: it reads the file systems of root file system images', {
    code: 'NO_DEBUGFS',
    remedy: 'apt-get install e2fsprogs, or name an initrd of Kata, or the agent itself with path',
    cause,
  });
}
