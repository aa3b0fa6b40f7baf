/**
 * Unpacks a stream, by what it begins with and not by its name. Node has gzip and zstd. For xz, bzip2
 * and lz4 the host's programs are run, as for kernels (kernels/decompress.ts): what npm has for them is
 * compiled for each platform or hardly kept, and hosts that write such files have the programs.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import {
  type CompressionKind,
  compressionOf,
  type Program,
  unpackerOf,
} from '../kernels/decompress.ts';
import { toLine } from '../text.ts';
import { takeHead } from './head.ts';
import { LogFault } from './log-fault.ts';

const HEAD_BYTES = 16;

/** The content of a compressed stream, or the stream as it is. What follows damage is a LogFault. */
export async function* unpack(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { head, chunks } = await takeHead(source, HEAD_BYTES);
  const kind = compressionOf(head);
  if (kind === undefined) {
    yield* chunks;
    return;
  }
  let bytes = 0;
  try {
    for await (const chunk of unpackKind(kind, chunks)) {
      bytes += chunk.length;
      yield chunk;
    }
  } catch (error) {
    if (error instanceof LogFault || !isDamage(error)) throw error;
    const why = toLine((error as Error).message);
    throw new LogFault(
      `expected whole ${kind} data, found them damaged after ${bytes} bytes of text (${why})`,
      { remedy: 'get the file again: what comes before the damage was classified' },
    );
  }
}

function unpackKind(
  kind: CompressionKind,
  chunks: AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  const program = unpackerOf(kind);
  if (program !== undefined) return runProgram(program, kind, chunks);
  const unpacker = kind === 'zstd' ? createZstdDecompress() : createGunzip();
  // Its failure is the unpacker's, too, which whoever reads that is told.
  pipeline(Readable.from(chunks), unpacker).catch(() => undefined);
  return unpacker;
}

async function* runProgram(
  { command: [name, ...options], package: packageName }: Program,
  kind: CompressionKind,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const { ExecaError, execa } = await import('execa');
  // Some of these programs take options from variables of their own.
  const env = { PATH: process.env.PATH ?? '', LC_ALL: 'C' };
  const buffer = { stdout: false, stderr: true };
  const input = Readable.from(chunks);
  const running = execa(name, options, { input, buffer, env, extendEnv: false });
  try {
    yield* running.iterable({ binary: true });
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    if (error.code === 'ENOENT') {
      throw new LogFault(`it is packed with ${kind}, and ${name} is not installed`, {
        remedy: `install it (on Debian: apt-get install ${packageName}), or unpack the file first`,
      });
    }
    const printed = typeof error.stderr === 'string' ? toLine(error.stderr) : '';
    throw new Damage(printed === '' ? error.shortMessage : printed);
  }
}

class Damage extends Error {}

function isDamage(error: unknown): boolean {
  const { code = '' } = error as { readonly code?: unknown };
  return error instanceof Damage || /^(?:Z_|ZSTD_error_|ERR_ZSTD|ERR_ZLIB)/.test(String(code));
}
