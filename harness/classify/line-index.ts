/** Line numbers of a stream, by byte offsets: findings have offsets, editors and people have lines. */
export interface LineIndex {
  push(chunk: Uint8Array): void;
  /** The line, from 1, that has the byte; undefined if it is too long ago. */
  lineAt(offset: number): number | undefined;
  /** How many lines have begun. */
  readonly lines: number;
}

/** The beginnings of this many lines are kept: a report is told at its end, and some wait for others. */
const KEPT_MAX = 1 << 20;
const LINE_FEED = 10;

export function createLineIndex(keptMax = KEPT_MAX): LineIndex {
  /** Where the last lines begin, as a ring: line n, from 0, is at n modulo its size. */
  let starts = new Float64Array(Math.min(1024, keptMax));
  let lines = 1;
  let offset = 0;

  function add(start: number): void {
    if (lines === starts.length && lines < keptMax) {
      const larger = new Float64Array(Math.min(2 * lines, keptMax));
      larger.set(starts);
      starts = larger;
    }
    starts[lines % starts.length] = start;
    lines += 1;
  }

  const startOf = (line: number): number => starts[line % starts.length] ?? 0;

  return {
    push(chunk) {
      for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, at + 1)) {
        add(offset + at + 1);
      }
      offset += chunk.length;
    },
    lineAt(wanted) {
      let low = Math.max(0, lines - starts.length);
      if (wanted < startOf(low)) return undefined;
      let high = lines - 1;
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if (startOf(middle) <= wanted) low = middle;
        else high = middle - 1;
      }
      return low + 1;
    },
    get lines() {
      return startOf(lines - 1) === offset ? lines - 1 : lines;
    },
  };
}
