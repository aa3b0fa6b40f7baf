import { stripEscapes } from '../text.ts';

/** One line of a guest's output, with its place in the stream. */
export interface OutputLine {
  /** Without line end, escape sequences and control characters; long lines are cut. */
  readonly text: string;
  /** Byte offsets in the stream, end exclusive and with the line end. */
  readonly start: number;
  readonly end: number;
}

/** Index of the next byte at or after `from` whose line is of interest, or -1. */
export type FindNext = (bytes: Buffer, from: number) => number;

export interface LineSplitter {
  /**
   * Hands over the lines that end in this chunk and are of interest, one by one. `find` is asked
   * again after each, since that line may have changed what is looked for. Skipping the rest costs
   * no more than `find`.
   */
  scan(chunk: Uint8Array, find: FindNext, take: (line: OutputLine) => void): void;
  /** The unfinished line, which stays there. */
  peek(): OutputLine | undefined;
  /** Takes that line as if it had ended here. */
  end(): OutputLine | undefined;
}

const LINE_BYTES_MAX = 4096;
const LINE_FEED = 10;
const CONTROL_CHARACTER = /(?!\t)\p{Cc}/gu;

/**
 * Splits raw bytes into lines, in whatever pieces they arrive. Keeps at most 4 KiB, in linear time.
 */
export function createLineSplitter(): LineSplitter {
  /** The beginning of the unfinished line. */
  let kept: Buffer = Buffer.alloc(0);
  let start = 0;
  let offset = 0;

  function peek(): OutputLine | undefined {
    return offset > start ? { text: decode(kept), start, end: offset } : undefined;
  }

  function finish(): void {
    kept = Buffer.alloc(0);
    start = offset;
  }

  /** Advances to the end of the line or of the chunk, and returns where that is. */
  function advance(bytes: Buffer, from: number): number {
    const feed = bytes.indexOf(LINE_FEED, from);
    const to = feed === -1 ? bytes.length : feed + 1;
    const room = Math.min(to - from, LINE_BYTES_MAX - kept.length);
    const part = bytes.subarray(from, from + room);
    // A line that begins and ends in this chunk needs no copy.
    if (kept.length > 0) kept = Buffer.concat([kept, part]);
    else kept = feed === -1 ? Buffer.from(part) : part;
    offset += to - from;
    return to;
  }

  function scan(chunk: Uint8Array, find: FindNext, take: (line: OutputLine) => void): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let from = 0; from < bytes.length; ) {
      if (offset === start) {
        const next = find(bytes, from);
        const lineStart = Math.max(from, startOfLine(bytes, next === -1 ? bytes.length : next));
        offset += lineStart - from;
        start = offset;
        from = lineStart;
        if (from === bytes.length) return;
      }
      from = advance(bytes, from);
      if (bytes[from - 1] !== LINE_FEED) return;
      const line = find(kept, 0) === -1 ? undefined : peek();
      finish();
      if (line !== undefined) take(line);
    }
  }

  return {
    scan,
    peek,
    end() {
      const line = peek();
      finish();
      return line;
    },
  };
}

function startOfLine(bytes: Buffer, at: number): number {
  return at === 0 ? 0 : bytes.lastIndexOf(LINE_FEED, at - 1) + 1;
}

function decode(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return stripEscapes(text).replace(CONTROL_CHARACTER, '');
}
