import type { Dirent } from 'node:fs';
import { chmod, mkdir, readdir, readlink, realpath, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { diskFull } from '../cache/storage-error.ts';
import { InfraError } from '../errors.ts';
import { lastLines } from './apt.ts';
import { recogniseAptFault } from './apt-fault.ts';

/** Debian's largest kernel packages, the largest here, unpack to 400 MiB. */
const UNPACKED_BYTES_MAX = 1024 * 1024 * 1024;

/**
 * Unpacks a .deb into a folder of its own, which must not exist yet, and returns the paths of its
 * files relative to that folder. In a folder with the files of another package, tar would follow the
 * links of that one. Throws an InfraError if the package is broken, too large, or has links that
 * lead out of it or anything that is neither file, folder nor link.
 */
export async function unpackDeb(
  deb: string,
  folder: string,
  { bytesMax = UNPACKED_BYTES_MAX, linksOutside = 'refuse' }: UnpackOptions = {},
): Promise<string[]> {
  // Not needed for what was unpacked before, and slow to load.
  const { execa } = await import('execa');
  await mkdir(folder);
  const options = { env: { LC_ALL: 'C', TAR_OPTIONS: '' }, reject: false } as const;
  const reading = ['--fsys-tarfile', deb];
  const reader = execa('dpkg-deb', reading, {
    ...options,
    stdin: 'ignore',
    buffer: { stdout: false },
  });
  const content = new BoundedContent(reader.iterable({ binary: true }), bytesMax);
  const tar = ['tar', '--extract', '--no-same-owner', '--no-same-permissions'];
  // The limit on single files is for sparse ones, which take no space in the archive.
  const command = [`--fsize=${bytesMax}`, ...tar, `--directory=${folder}`];
  const written = await execa('prlimit', command, { ...options, stdin: content });
  const read = await reader;
  const entries = await listEntries(folder);
  if (content.isTooLarge || written.signal === 'SIGXFSZ') {
    throw unsafe(deb, `it unpacks to more than ${bytesMax / 1024 / 1024} MiB`);
  }
  if (read.failed || written.failed) throw notUnpacked(deb, folder, read, written);
  return await checkEntries(deb, await realpath(folder), entries, linksOutside);
}

export interface UnpackOptions {
  readonly bytesMax?: number;
  /** Packages of programs have links to what lies in /etc once they are installed: these can be removed. */
  readonly linksOutside?: 'refuse' | 'remove';
}

/** Ends early, and says so, when there is too much of it. */
class BoundedContent {
  isTooLarge = false;
  readonly #source: AsyncIterable<Uint8Array>;
  readonly #bytesMax: number;

  constructor(source: AsyncIterable<Uint8Array>, bytesMax: number) {
    this.#source = source;
    this.#bytesMax = bytesMax;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    for await (const part of this.#source) {
      bytes += part.length;
      this.isTooLarge = bytes > this.#bytesMax;
      if (this.isTooLarge) return;
      yield part;
    }
  }
}

interface Entry {
  /** Relative to the package's folder. */
  readonly path: string;
  readonly entry: Dirent;
}

/** Makes all folders accessible on the way, or a package could not be removed again. */
async function listEntries(folder: string, path = ''): Promise<Entry[]> {
  await chmod(join(folder, path), 0o755);
  const entries: Entry[] = [];
  for (const entry of await readdir(join(folder, path), { withFileTypes: true })) {
    const found = { path: join(path, entry.name), entry };
    entries.push(found);
    if (entry.isDirectory()) entries.push(...(await listEntries(folder, found.path)));
  }
  return entries;
}

async function checkEntries(
  deb: string,
  folder: string,
  entries: readonly Entry[],
  linksOutside: 'refuse' | 'remove',
): Promise<string[]> {
  const files: string[] = [];
  for (const { path, entry } of entries) {
    if (entry.isFile()) files.push(path);
    else if (entry.isSymbolicLink()) {
      const target = await targetOutside(folder, path);
      if (target === undefined) continue;
      if (linksOutside === 'refuse') throw unsafe(deb, `its link ${path} leads to ${target}`);
      await rm(join(folder, path));
    } else if (!entry.isDirectory()) throw unsafe(deb, `${path} is a device`);
  }
  return files;
}

/** Where a link leads, if not below the folder. One to a file of another package dangles here, and is fine. */
async function targetOutside(folder: string, path: string): Promise<string | undefined> {
  const link = join(folder, path);
  const target = await readlink(link);
  const end = await realpath(link).catch(() => resolve(dirname(link), target));
  return end.startsWith(folder + sep) ? undefined : target;
}

interface Ended {
  readonly stderr?: unknown;
}

/** Each of the two fails if the other one does, so that only both together say why. */
function notUnpacked(deb: string, folder: string, read: Ended, written: Ended): InfraError {
  const printed = [read.stderr, written.stderr].filter((text) => typeof text === 'string');
  const output = lastLines(printed.join('\n').trim());
  const details = { output, cause: read instanceof Error ? read : written };
  if (recogniseAptFault(output) === 'disk-full') return diskFull(dirname(folder), written, output);
  if (read instanceof Error && (read as NodeJS.ErrnoException).code === 'ENOENT') {
    return new InfraError(`dpkg-deb not found: cannot unpack ${basename(deb)}`, {
      code: 'NO_DPKG',
      remedy: "use a host with dpkg (Debian, Ubuntu), or kernels of kind 'path'",
      ...details,
    });
  }
  return new InfraError(`dpkg-deb failed: cannot unpack ${basename(deb)}`, {
    code: 'UNPACK_FAILED',
    remedy: 'check the disk and its free space, then try again',
    ...details,
  });
}

function unsafe(deb: string, what: string): InfraError {
  return new InfraError(`${basename(deb)} is not unpacked: ${what}`, {
    code: 'UNSAFE_PACKAGE',
    remedy: 'do not trust where it came from; name another archive with --mirror',
  });
}
