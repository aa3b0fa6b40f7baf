/** The end of a stream, kept while its bytes go by. */
export interface StreamTail {
  push(chunk: Buffer): void;
  readonly end: StreamEnd;
}

export interface StreamEnd {
  readonly bytes: Buffer;
  /** There was more before it: the first line is not whole. */
  readonly isCut: boolean;
}

const BYTES_MAX = 16 * 1024;

export function createStreamTail(bytesMax = BYTES_MAX): StreamTail {
  let bytes = Buffer.alloc(0);
  let isCut = false;
  return {
    push(chunk) {
      // Of a chunk that is larger than all that is kept, the rest need not be copied.
      const all = Buffer.concat([bytes, chunk.subarray(-bytesMax)]);
      isCut ||= all.length > bytesMax || chunk.length > bytesMax;
      bytes = Buffer.from(all.subarray(-bytesMax));
    },
    get end() {
      return { bytes, isCut };
    },
  };
}
