import { stripVTControlCharacters } from 'node:util';

/** One line of a guest's output with its place in the stream. */
export interface OutputLine {
  /** Printable, without line end, at most 4096 characters. */
  readonly text: string;
  /** Byte offsets in the stream, end exclusive and with the line end. */
  readonly start: number;
  readonly end: number;
}

const LINE_BYTES_MAX = 4096;
const LINE_FEED = 10;
/** A console has carriage returns and the firmware's cursor codes in the middle of lines. */
const NOISE = /[^\P{Cc}\t]/gu;

export interface LineSplitter {
  push(chunk: Uint8Array): readonly OutputLine[];
  /** The last line, if the stream ended within one. */
  end(): readonly OutputLine[];
}

/** Cuts raw bytes into lines, however they come. Of a line over 4 KiB only the beginning is kept. */
export function createLineSplitter(): LineSplitter {
  let kept = Buffer.alloc(0);
  let start = 0;
  let offset = 0;

  function finish(end: number): OutputLine {
    const line = {
      text: stripVTControlCharacters(kept.toString('utf8')).replace(NOISE, ''),
      start,
      end,
    };
    kept = Buffer.alloc(0);
    start = end;
    return line;
  }

  return {
    push(chunk) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      const lines: OutputLine[] = [];
      for (let from = 0; from < bytes.length; ) {
        const feed = bytes.indexOf(LINE_FEED, from);
        const to = feed === -1 ? bytes.length : feed;
        const room = LINE_BYTES_MAX - kept.length;
        if (room > 0) kept = Buffer.concat([kept, bytes.subarray(from, Math.min(to, from + room))]);
        if (feed !== -1) lines.push(finish(offset + feed + 1));
        from = to + 1;
      }
      offset += bytes.length;
      return lines;
    },
    end: () => (offset > start ? [finish(offset)] : []),
  };
}
