/**
 * Unpacks a stream, by what it begins with and not by its name. Node has gzip and zstd. For xz, bzip2
 * and lz4 the host's programs are run, as for kernels (decompress.ts): what npm has for them is
 * compiled for each platform or hardly kept, and hosts that use such files have the programs.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { toLine } from '../../text.ts';
import { type CompressionKind, compressionOf, type Program, unpackerOf } from '../decompress.ts';
import { takeHead } from './take-head.ts';

/** Why the rest of a stream could not be unpacked. */
export type PackingProblem =
  /** `bytes` were unpacked before that. */
  | { readonly kind: 'damaged'; readonly bytes: number; readonly why: string }
  | { readonly kind: 'no-program'; readonly program: string; readonly package: string };

export class PackingFault extends Error {
  readonly compression: CompressionKind;
  readonly problem: PackingProblem;

  constructor(compression: CompressionKind, problem: PackingProblem) {
    super(describe(compression, problem));
    this.name = 'PackingFault';
    this.compression = compression;
    this.problem = problem;
  }
}

function describe(compression: CompressionKind, problem: PackingProblem): string {
  switch (problem.kind) {
    case 'damaged':
      return `${compression} data that are damaged after ${problem.bytes} bytes (${problem.why})`;
    case 'no-program':
      return `${compression} data, and ${problem.program} is not installed (apt-get install ${problem.package})`;
  }
}

const HEAD_BYTES = 16;

/** The content of a compressed stream, or the stream as it is. What follows damage is a PackingFault. */
export async function* unpackStream(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
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
    if (!isDamage(error)) throw error;
    throw new PackingFault(kind, { kind: 'damaged', bytes, why: toLine((error as Error).message) });
  }
}

function unpackKind(
  kind: CompressionKind,
  chunks: AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  const program = unpackerOf(kind);
  if (program !== undefined) return runProgram(program, kind, chunks);
  const unpacker = kind === 'zstd' ? createZstdDecompress() : createGunzip();
  // A failure also destroys the unpacker, so that its reader is told.
  pipeline(Readable.from(chunks), unpacker).catch(() => undefined);
  return unpacker;
}

async function* runProgram(
  program: Program,
  kind: CompressionKind,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const [name, ...options] = program.command;
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
      throw new PackingFault(kind, { kind: 'no-program', program: name, package: program.package });
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
