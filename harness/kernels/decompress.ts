/**
 * Unpacks what kernels, their modules and their configurations are packed with. Files may be hostile:
 * what is unpacked has a limit, and so has the memory of whoever unpacks it.
 */
import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import type { ExecaError } from 'execa';
import { InfraError } from '../errors.ts';
import { toLine } from '../text.ts';

export type CompressionKind = 'gzip' | 'zstd' | 'xz' | 'lzma' | 'bzip2' | 'lz4' | 'lzo';

export type Decompressed =
  | { readonly kind: 'content'; readonly bytes: Buffer }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'broken'; readonly message: string };

/** A program that unpacks its standard input to its standard output. */
export interface Program {
  readonly command: readonly [string, ...string[]];
  /** The Debian package that it is in. */
  readonly package: string;
}

interface Compression {
  /** What the data begins with, hexadecimal. */
  readonly marks: readonly string[];
  readonly by:
    | ((packed: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>)
    | Program;
}

/** More than any preset of xz needs (65 MiB with -9), and less than a hostile file may ask for. */
const XZ_MEMORY = '--memlimit-decompress=256MiB';

/** Node unpacks two of them; the others have no library on npm that is maintained. */
const COMPRESSIONS: Readonly<Record<CompressionKind, Compression>> = {
  gzip: { marks: ['1f8b08'], by: promisify(gunzip) },
  zstd: { marks: ['28b52ffd'], by: promisify(zstdDecompress) },
  xz: {
    marks: ['fd377a585a00'],
    by: { command: ['xz', '-dc', '--format=xz', XZ_MEMORY], package: 'xz-utils' },
  },
  lzma: {
    marks: ['5d0000'],
    by: { command: ['xz', '-dc', '--format=lzma', XZ_MEMORY], package: 'xz-utils' },
  },
  bzip2: { marks: ['425a68'], by: { command: ['bzip2', '-dc'], package: 'bzip2' } },
  // The second one is the format of the kernel's build.
  lz4: { marks: ['04224d18', '02214c18'], by: { command: ['lz4', '-dc'], package: 'lz4' } },
  lzo: { marks: ['894c5a4f000d0a1a0a'], by: { command: ['lzop', '-dc'], package: 'lzop' } },
};

/** Undefined if the data begins like none of them. */
export function compressionOf(data: Buffer): CompressionKind | undefined {
  const beginning = data.toString('hex', 0, 16);
  const kinds = Object.keys(COMPRESSIONS) as CompressionKind[];
  return kinds.find((kind) => COMPRESSIONS[kind].marks.some((mark) => beginning.startsWith(mark)));
}

/** The host's program for it; undefined for what Node unpacks. */
export function unpackerOf(kind: CompressionKind): Program | undefined {
  const { by } = COMPRESSIONS[kind];
  return typeof by === 'function' ? undefined : by;
}

/**
 * @param bytesMax Of the content.
 * @param what It is, for people: `kernel modules like /lib/…/virtio.ko.xz`.
 * Throws an InfraError if the host lacks the program that unpacks it.
 */
export async function decompress(
  packed: Buffer,
  kind: CompressionKind,
  { bytesMax, what }: { readonly bytesMax: number; readonly what: string },
): Promise<Decompressed> {
  const { by } = COMPRESSIONS[kind];
  if (typeof by !== 'function') return await runProgram(packed, by, { bytesMax, what });
  try {
    return { kind: 'content', bytes: await by(packed, { maxOutputLength: bytesMax }) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ERR_BUFFER_TOO_LARGE' ? { kind: 'too-large' } : { kind: 'broken', message };
  }
}

async function runProgram(
  input: Buffer,
  { command, package: name }: Program,
  { bytesMax, what }: { readonly bytesMax: number; readonly what: string },
): Promise<Decompressed> {
  // Loading execa takes longer than reading a configuration that nobody has to unpack.
  const { ExecaError, execa } = await import('execa');
  const [program, ...options] = command;
  // Some of these programs take options from variables of their own.
  const env = { PATH: process.env.PATH ?? '', LC_ALL: 'C' };
  const buffer = { stdout: false, stderr: true };
  const running = execa(program, options, { input, buffer, env, extendEnv: false });
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    // execa's own limit makes a message of all that was printed, which takes seconds.
    for await (const part of running.iterable({ binary: true })) {
      bytes += part.length;
      if (bytes > bytesMax) throw new TooLarge();
      parts.push(part);
    }
    return { kind: 'content', bytes: Buffer.concat(parts) };
  } catch (error) {
    if (error instanceof TooLarge) return { kind: 'too-large' };
    if (!(error instanceof ExecaError)) throw error;
    if (error.code !== 'ENOENT') return { kind: 'broken', message: lastWords(error) };
    throw new InfraError(`${program} is not installed, but needed to unpack ${what}`, {
      code: `NO_${program.toUpperCase()}`,
      remedy: `apt-get install ${name}`,
      cause: error,
    });
  }
}

/** Leaves the loop: to return from it would reject, as the program is cut off. */
class TooLarge extends Error {}

/** What a program printed before it failed, which is one line as a rule. */
function lastWords({ stderr, shortMessage }: ExecaError): string {
  const printed = typeof stderr === 'string' ? toLine(stderr) : '';
  return printed === '' ? toLine(shortMessage) : printed;
}
