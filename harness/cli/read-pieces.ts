import { closeSync, openSync, readSync } from 'node:fs';
import { UsageError } from '../errors.ts';

const PIECE_BYTES = 1024 * 1024;

/**
 * The bytes of a file that may not fit into memory; the memory of a piece is used again for the next one.
 * Throws a UsageError if the file cannot be read.
 */
export function* readPieces(file: string): Generator<Buffer> {
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  const descriptor = openFile(file);
  try {
    for (;;) {
      const length = readSync(descriptor, piece);
      if (length === 0) return;
      yield piece.subarray(0, length);
    }
  } finally {
    closeSync(descriptor);
  }
}

function openFile(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (cause) {
    throw new UsageError(`cannot read ${file}: ${(cause as Error).message}`, {
      code: 'RUN_UNREADABLE',
      remedy: 'make sure that you may read this file',
      cause,
    });
  }
}
