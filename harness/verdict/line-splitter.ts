import { stripVTControlCharacters } from 'node:util';

/** One line of a guest's output with its place in the stream. */
export interface OutputLine {
  /** Without line end, escape sequences and control characters; of a long line the beginning. */
  readonly text: string;
  /** Byte offsets in the stream, end exclusive and with the line end. */
  readonly start: number;
  readonly end: number;
}

export interface LineSplitter {
  push(chunk: Uint8Array): readonly OutputLine[];
  /**
   * Takes a chunk without looking at its lines, unless one of them, with what came before it, may
   * match: a pattern of plain words. Most of what a guest prints is passed over at this price.
   */
  pass(chunk: Uint8Array, pattern: RegExp): boolean;
  /** The line that the stream is in the middle of, which stays there. */
  peek(): OutputLine | undefined;
  /** Takes that line as if it had ended here. */
  end(): OutputLine | undefined;
}

const LINE_BYTES_MAX = 4096;
const LINE_FEED = 10;
/** Escape sequences and control characters may stand within a word. */
const UNUSUAL = /[^ -~\t\r\n]/;
const CONTROL_CHARACTER = /(?!\t)\p{Cc}/gu;

/** Cuts raw bytes into lines, however they come. Keeps at most 4 KiB, in linear time. */
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

  return {
    pass(chunk, pattern) {
      const bytes = asBuffer(chunk);
      const text = kept.toString('latin1') + bytes.toString('latin1');
      if (UNUSUAL.test(text) || pattern.test(text)) return false;
      const lastFeed = bytes.lastIndexOf(LINE_FEED);
      const rest = bytes.subarray(lastFeed + 1);
      if (lastFeed !== -1) kept = Buffer.alloc(0);
      if (lastFeed !== -1) start = offset + lastFeed + 1;
      const room = LINE_BYTES_MAX - kept.length;
      if (room > 0) kept = Buffer.concat([kept, rest.subarray(0, room)]);
      offset += bytes.length;
      return true;
    },
    push(chunk) {
      const bytes = asBuffer(chunk);
      const lines: OutputLine[] = [];
      for (let from = 0; from < bytes.length; ) {
        const feed = bytes.indexOf(LINE_FEED, from);
        const to = feed === -1 ? bytes.length : feed + 1;
        const room = Math.min(to - from, LINE_BYTES_MAX - kept.length);
        // A view of the chunk will do for a line that ends in it.
        const part = bytes.subarray(from, from + room);
        if (kept.length > 0) kept = Buffer.concat([kept, part]);
        else kept = feed === -1 ? Buffer.from(part) : part;
        offset += to - from;
        from = to;
        if (feed === -1) break;
        lines.push({ text: decode(kept), start, end: offset });
        finish();
      }
      return lines;
    },
    peek,
    end() {
      const line = peek();
      finish();
      return line;
    },
  };
}

function decode(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return stripVTControlCharacters(text).replace(CONTROL_CHARACTER, '');
}

function asBuffer(chunk: Uint8Array): Buffer {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
