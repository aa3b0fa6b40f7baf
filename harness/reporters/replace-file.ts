import { appendFileSync, closeSync, openSync, renameSync, rmSync } from 'node:fs';

/**
 * Pieces are collected up to this size: a system call for each would take longer than all the rest.
 */
const GATHERED_BYTES = 1024 * 1024;
/** The most bytes that one unit of a JavaScript string takes in UTF-8. */
const UNIT_BYTES_MAX = 3;

/**
 * Replaces a file in one step: a reader sees the old one or the new one, never half of one.
 * @param pieces Written as they come: the whole may be more than a string can hold.
 */
export function replaceFile(path: string, pieces: Iterable<string>): void {
  const temporary = `${path}.${process.pid}`;
  try {
    writePieces(temporary, pieces);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function writePieces(path: string, pieces: Iterable<string>): void {
  const descriptor = openSync(path, 'w');
  try {
    appendPieces(descriptor, pieces);
  } finally {
    closeSync(descriptor);
  }
}

function appendPieces(descriptor: number, pieces: Iterable<string>): void {
  const gathered = Buffer.allocUnsafe(GATHERED_BYTES);
  let length = 0;
  for (const piece of pieces) {
    const most = piece.length * UNIT_BYTES_MAX;
    if (length + most > GATHERED_BYTES) {
      appendFileSync(descriptor, gathered.subarray(0, length));
      length = 0;
    }
    if (most > GATHERED_BYTES) appendFileSync(descriptor, piece);
    else length += gathered.write(piece, length);
  }
  appendFileSync(descriptor, gathered.subarray(0, length));
}
