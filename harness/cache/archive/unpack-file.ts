import { createHash, type Hash } from 'node:crypto';
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ArchivedFile } from './archive-format.ts';
import { badArchive } from './bad-archive.ts';
import { countPages, PAGE_BYTES, type Run } from './page-map.ts';
import type { PieceReader } from './piece-reader.ts';
import type { SharedPages } from './shared-pages.ts';

const PIECE_BYTES = 1024 * 1024;
const EMPTY = Buffer.alloc(PIECE_BYTES);

/** What an archive may still cost: a small one can unpack to more than any disk has. */
export interface Budget {
  /** What is written to the disk. */
  writtenBytes: number;
  /** What is unpacked or digested: holes, and what is there already, take time, too. */
  readBytes: number;
}

/**
 * Writes a file of an archive to a path where there is none, and compares it with its digest. Throws an
 * InfraError if it is another one, or if the budget is used up.
 */
export async function unpackFile(
  file: ArchivedFile,
  to: string,
  content: PieceReader,
  { shared, budget }: { readonly shared: SharedPages; readonly budget: Budget },
): Promise<void> {
  charge(file, budget);
  await mkdir(dirname(to), { recursive: true });
  // Its owner can write to it for now.
  const descriptor = openSync(to, 'wx', file.mode);
  try {
    const digest = createHash('sha256');
    const output = new SparseOutput(descriptor, digest);
    if (file.pages === undefined) await copy(content, file.size, output);
    else {
      // Its pages may occur in it once more.
      await shared.add(to);
      await copyPages(file.pages, content, shared, output);
    }
    ftruncateSync(descriptor, output.at);
    const found = `sha256:${digest.digest('hex')}`;
    if (output.at !== file.size || found !== file.digest) {
      throw badArchive(`${file.path} is not what was exported`);
    }
  } finally {
    closeSync(descriptor);
  }
}

function charge({ path, size, pages }: ArchivedFile, budget: Budget): void {
  if (pages !== undefined && countPages(pages) * PAGE_BYTES !== size) {
    throw badArchive(`the pages of ${path} are not all there`);
  }
  const empty = pages === undefined ? 0 : countPages(pages, 'empty') * PAGE_BYTES;
  budget.writtenBytes -= size - empty;
  budget.readBytes -= size;
  checkBudget(budget);
}

/** Reads what is not needed. Throws an InfraError if the budget is used up. */
export async function skip(bytes: number, content: PieceReader, budget: Budget): Promise<void> {
  budget.readBytes -= bytes;
  checkBudget(budget);
  for await (const _ of content.take(bytes));
}

function checkBudget({ writtenBytes, readBytes }: Budget): void {
  if (writtenBytes >= 0 && readBytes >= 0) return;
  throw badArchive('it unpacks to more than this cache may have (KMX_CACHE_MAX)');
}

async function copy(content: PieceReader, bytes: number, output: SparseOutput): Promise<void> {
  for await (const piece of content.take(bytes)) output.write(piece);
}

async function copyPages(
  runs: readonly Run[],
  content: PieceReader,
  shared: SharedPages,
  output: SparseOutput,
): Promise<void> {
  const buffer = Buffer.allocUnsafe(PIECE_BYTES);
  for (const [kind, count, file, page] of runs) {
    const bytes = count * PAGE_BYTES;
    if (kind === 'new') await copy(content, bytes, output);
    else if (kind === 'empty') output.skip(bytes);
    else {
      for (let at = 0; at < bytes; at += PIECE_BYTES) {
        const piece = buffer.subarray(0, Math.min(PIECE_BYTES, bytes - at));
        shared.read(file, page + at / PAGE_BYTES, piece);
        output.write(piece);
      }
    }
  }
}

/**
 * Writes without waiting for an answer each time: memory is written in thousands of small pieces, which
 * would each take a turn of the event loop.
 */
class SparseOutput {
  readonly #descriptor: number;
  readonly #digest: Hash;
  at = 0;

  constructor(descriptor: number, digest: Hash) {
    this.#descriptor = descriptor;
    this.#digest = digest;
  }

  write(bytes: Buffer): void {
    this.#digest.update(bytes);
    for (let at = 0; at < bytes.length; ) {
      at += writeSync(this.#descriptor, bytes, at, bytes.length - at, this.at + at);
    }
    this.at += bytes.length;
  }

  /** Leaves a hole. */
  skip(bytes: number): void {
    for (let at = 0; at < bytes; at += PIECE_BYTES) {
      this.#digest.update(EMPTY.subarray(0, Math.min(PIECE_BYTES, bytes - at)));
    }
    this.at += bytes;
  }
}
