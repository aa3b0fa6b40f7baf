/** Unpacks the sources of a kernel, whoever has packed them. */
import { chmodSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { InfraError } from '../../../errors.ts';
import { toLine } from '../../../text.ts';
import { ArchiveFault } from '../../archive/archive-entry.ts';

/** Linux 6.12 has 1.4 GiB. */
const UNPACKED_BYTES_MAX = 8 * 1024 ** 3;
/** Of one file; sparse ones take no space in an archive. */
const FILE_BYTES_MAX = 1024 ** 3;

/**
 * Unpacks a tar archive into an empty folder, without what git keeps about it. Its files belong to
 * us, and neither they nor the targets of links can be outside of the folder. Throws an
 * ArchiveFault if it is no archive, too large or leads outside, an InfraError if the
 * host lacks tar, and as `fs` does if the disk is full.
 */
export async function unpackTar(
  source: AsyncIterable<Uint8Array>,
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  const { execa } = await import('execa');
  const content = new CheckedContent(source);
  const tar = ['tar', '--extract', '--no-same-owner', '--no-same-permissions', '--exclude=.git'];
  const command = [`--fsize=${FILE_BYTES_MAX}`, ...tar, `--directory=${folder}`];
  const running = execa('prlimit', command, {
    env: { LC_ALL: 'C', TAR_OPTIONS: '' },
    reject: false,
    stdin: content,
    ...(signal && { cancelSignal: signal }),
  });
  // tar would try every other file, too.
  running.stderr.on('data', (said: Buffer) => {
    if (NO_SPACE.test(said.toString())) running.kill();
  });
  const ended = await running;
  signal?.throwIfAborted();
  const isTarFirst = ended.failed && !/^$|Unexpected EOF/.test(ended.stderr);
  // What is packed cannot be read any further once tar has ended, either.
  if (content.fault !== undefined && !isTarFirst) throw content.fault;
  if (ended.signal === 'SIGXFSZ')
    throw new ArchiveFault('an archive with a file of more than 1 GiB');
  if (ended.failed) throw notUnpacked(ended);
  checkEntries(folder);
}

/** Ends early when there is too much of it, or it cannot be read, and says so: tar only sees an end. */
class CheckedContent {
  fault: unknown;
  readonly #source: AsyncIterable<Uint8Array>;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    try {
      for await (const part of this.#source) {
        bytes += part.length;
        if (bytes > UNPACKED_BYTES_MAX) {
          const gib = UNPACKED_BYTES_MAX / 1024 ** 3;
          throw new ArchiveFault(`an archive that unpacks to more than ${gib} GiB`);
        }
        yield part;
      }
    } catch (error) {
      this.fault = error;
    }
  }
}

interface Ended {
  readonly stderr: string;
  readonly shortMessage?: string | undefined;
  readonly code?: string | undefined;
  readonly exitCode?: number | undefined;
}

const NO_SPACE = /No space left on device|Disk quota exceeded/;

/** prlimit's exit code if the program that it shall run is missing. */
const NO_PROGRAM = 127;

function notUnpacked(ended: Ended): Error {
  const lines = ended.stderr.trim().split('\n');
  if (NO_SPACE.test(ended.stderr)) {
    return Object.assign(new Error(toLine(`${lines[0]}`)), { code: 'ENOSPC' });
  }
  if (ended.code === 'ENOENT' || ended.exitCode === NO_PROGRAM) {
    return new InfraError('tar or prlimit not found: the sources of a kernel cannot be unpacked', {
      code: 'NO_TAR',
      remedy: 'apt-get install tar util-linux',
      cause: ended,
    });
  }
  // The first line says what is wrong, the last one that something was.
  const said = toLine((lines[0] ?? '').replace(/^tar: /, '')) || toLine(`${ended.shortMessage}`);
  return new ArchiveFault(`an archive that tar does not unpack: ${said}`);
}

/** Makes all folders accessible on the way, or they could not be removed again. */
function checkEntries(top: string): void {
  const root = realpathSync(top);
  const check = (folder: string): void => {
    chmodSync(folder, 0o755);
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) check(path);
      else if (entry.isSymbolicLink()) checkLink(root, path);
      else if (!entry.isFile()) {
        throw new ArchiveFault(`an archive with a device: ${toLine(path.slice(root.length + 1))}`);
      }
    }
  };
  check(root);
}

/** A dangling link is fine as long as it stays below the folder. */
function checkLink(root: string, path: string): void {
  const target = readlinkSync(path);
  let end = resolve(dirname(path), target);
  try {
    end = realpathSync(path);
  } catch {
    // It is dangling.
  }
  if (end === root || end.startsWith(root + sep)) return;
  const name = toLine(path.slice(root.length + 1));
  throw new ArchiveFault(`an archive whose link ${name} leads out of it, to ${toLine(target)}`);
}

/** The folder with the sources: archives have all of it in one folder, as a rule. */
export async function topFolder(folder: string): Promise<string> {
  const [only, ...others] = await readdir(folder, { withFileTypes: true });
  if (only === undefined || others.length > 0 || !only.isDirectory()) return folder;
  return join(folder, only.name);
}
