import { cleanText } from './clean-text.ts';

/** One line of a guest's output, with its place in the stream. */
export interface OutputLine {
  /** Without line end, escape sequences and control characters. */
  readonly text: string;
  /** Byte offsets in the stream, end exclusive and with the line end. */
  readonly start: number;
  readonly end: number;
  /** A part of a line that was too long to keep. */
  readonly isPart?: boolean;
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

const PART_BYTES_MAX = 4096;
/**
 * Where a message may begin in the middle of a line: a kernel's time stamp, what Rust says of a
 * thread, a string of a logged object.
 */
const BEGINNING =
  /\[ *\d+\.\d{6}\](?:\[ *[TC]\d+\])?|thread '|"(?:msg|message|error|err|backtrace|log|MESSAGE)":/g;
/** Each beginning has one of these in it: most parts need no closer look. */
const BEGINNING_MARKS = ['[', '"', "thread '"];
/** A message that has begun with fewer bytes than this left in its part goes to the next one. */
const MESSAGE_BYTES = 1024;
/** Room for a beginning that lies across two parts. */
const BEGINNING_BYTES = 64;
const LINE_FEED = 10;
const NOTHING = Buffer.alloc(0);

/**
 * Splits raw bytes into lines, in whatever pieces they arrive, in linear time. Long lines are handed
 * over in parts of up to 4 KiB, so that nothing hides behind bytes without a line end.
 */
export function createLineSplitter(): LineSplitter {
  /** The unfinished line, or its last part. */
  let kept: Buffer = NOTHING;
  let offset = 0;
  let isPart = false;

  function peek(): OutputLine | undefined {
    return kept.length === 0 ? undefined : lineOf(kept, offset, isPart);
  }

  /** What is kept, if a line ends in it; else as much of it as the next part does not need. */
  function takePart(isEnd: boolean): Buffer {
    const part = isEnd ? kept : kept.subarray(0, findCut(kept));
    kept = isEnd ? NOTHING : Buffer.from(kept.subarray(part.length));
    return part;
  }

  /** Advances to the end of the line, of the part or of the chunk, and returns where that is. */
  function advance(bytes: Buffer, from: number, lineEnd: number): number {
    const room = from + PART_BYTES_MAX - kept.length;
    const to = Math.min(lineEnd, room);
    const part = bytes.subarray(from, to);
    // What begins and ends in this chunk needs no copy.
    if (kept.length > 0) kept = Buffer.concat([kept, part]);
    else kept = to < bytes.length || to === room ? part : Buffer.from(part);
    offset += to - from;
    return to;
  }

  function scan(chunk: Uint8Array, find: FindNext, take: (line: OutputLine) => void): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let lineEnd = 0;
    for (let from = 0; from < bytes.length; ) {
      if (kept.length === 0) {
        const next = find(bytes, from);
        const lineStart = Math.max(from, startOfLine(bytes, next === -1 ? bytes.length : next));
        offset += lineStart - from;
        from = lineStart;
        if (from === bytes.length) return;
      }
      // Looked for once a line, however many parts it has.
      if (lineEnd <= from) lineEnd = endOfLine(bytes, from);
      if (kept.length === 0 && isWholeLine(bytes, from, lineEnd)) {
        offset += lineEnd - from;
        const text = cleanText(bytes.toString('utf8', from, lineEnd));
        const start = offset - lineEnd + from;
        take(isPart ? { text, start, end: offset, isPart } : { text, start, end: offset });
        isPart = false;
        from = lineEnd;
        continue;
      }
      from = advance(bytes, from, lineEnd);
      const isEnded = kept[kept.length - 1] === LINE_FEED;
      if (!isEnded && kept.length < PART_BYTES_MAX) return;
      isPart ||= !isEnded;
      const part = takePart(isEnded);
      const line = find(part, 0) === -1 ? undefined : lineOf(part, offset - kept.length, isPart);
      isPart = !isEnded;
      if (line !== undefined) take(line);
    }
  }

  return {
    scan,
    peek,
    end() {
      const line = peek();
      kept = NOTHING;
      isPart = false;
      return line;
    },
  };
}

/** Whether a line of which no part is kept ends here: most do, and need no copy. */
function isWholeLine(bytes: Buffer, from: number, lineEnd: number): boolean {
  return lineEnd - from < PART_BYTES_MAX && bytes[lineEnd - 1] === LINE_FEED;
}

function lineOf(bytes: Buffer, end: number, isPart: boolean): OutputLine {
  const line = { text: cleanText(bytes.toString('utf8')), start: end - bytes.length, end };
  return isPart ? { ...line, isPart } : line;
}

/** Where a part ends: before a message that goes on in the next one. */
function findCut(bytes: Buffer): number {
  const from = bytes.length - MESSAGE_BYTES;
  const end = bytes.subarray(from);
  const last = BEGINNING_MARKS.some((mark) => end.includes(mark))
    ? [...end.toString('latin1').matchAll(BEGINNING)].at(-1)
    : undefined;
  return last === undefined ? bytes.length - BEGINNING_BYTES : from + last.index;
}

function startOfLine(bytes: Buffer, at: number): number {
  return at === 0 ? 0 : bytes.lastIndexOf(LINE_FEED, at - 1) + 1;
}

/** After the line feed, or the end of the bytes. */
function endOfLine(bytes: Buffer, from: number): number {
  const feed = bytes.indexOf(LINE_FEED, from);
  return feed === -1 ? bytes.length : feed + 1;
}
