/** Keeps the end of a stream as its bytes go by. */
export interface StreamTail {
  push(chunk: Buffer): void;
  readonly end: StreamEnd;
}

export interface StreamEnd {
  readonly bytes: Buffer;
  /** Bytes before it were dropped, so its first line is incomplete. */
  readonly isCut: boolean;
}

const BYTES_MAX = 16 * 1024;
/** Pieces are joined when they are so many, or hold so many times what is kept: not for each one. */
const PIECES_MAX = 1024;
const EXCESS_MAX = 4;

export function createStreamTail(bytesMax = BYTES_MAX): StreamTail {
  let pieces: Buffer[] = [];
  let held = 0;
  let isCut = false;

  function join(): Buffer {
    return Buffer.concat(pieces).subarray(-bytesMax);
  }

  return {
    push(chunk) {
      pieces.push(chunk);
      held += chunk.length;
      isCut ||= held > bytesMax;
      if (pieces.length < PIECES_MAX && held < EXCESS_MAX * bytesMax) return;
      // A copy: what is cut off is not held on to.
      const kept = Buffer.from(join());
      pieces = [kept];
      held = kept.length;
    },
    get end() {
      return { bytes: join(), isCut };
    },
  };
}
