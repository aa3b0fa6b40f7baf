/**
 * Lines that look bad to a reader. Those that are part of no finding are listed as passed over: so that
 * nobody has to trust that nothing was missed.
 */
import { toLine } from '../text.ts';
import type { Range } from './counting-dedup.ts';

export interface DoubtfulLine extends Range {
  readonly line: number | undefined;
  readonly text: string;
  /** The word that makes it doubtful. */
  readonly word: string;
  /** Programs write `error` about what is none; `panic` is another matter. */
  readonly isGrave: boolean;
}

export interface DoubtfulLines {
  take(text: string, range: Range, line: number | undefined): void;
  /** Those that lie in none of these ranges. */
  outside(ranges: readonly Range[]): readonly DoubtfulLine[];
  /** Further ones, which were not kept. */
  readonly dropped: number;
}

const GRAVE =
  /\bpanic(?!k?ing?=|=|_|[- ]?timeout)\w*|\bBUG:|\boops\b|\bfatal(?!=)\b|\bsegfault|\bSIGSEGV\b|\bcall trace:|\bunable to handle\b|\blockup\b|\bstalls? (?:on|detected)\b|\bgeneral protection\b|\bdouble fault\b|\bcorrupt(?:ed|ion)\b|\bout of memory\b|\boom-kill|\bWARNING: (?:CPU|possible)|\bcore dumped\b|\bassertion\b|\bcut here\b/i;
const SLIGHT = /\berror(?!s?=)\b|\bfailed\b|\bfailure\b|\baborted\b/i;
/** A kernel's options have such words in them: `panic=-1`, `oops=panic`. */
const COMMAND_LINE = /\bcommand line: /i;

/** Each doubtful line has one of these in it. */
export const DOUBTFUL_WORDS = [
  ...['panic', 'Panic', 'PANIC', 'BUG:', 'Oops', 'oops', 'OOPS', 'atal', 'ATAL', 'segfault'],
  ...['SIGSEGV', 'all Trace', 'all trace', 'nable to handle', 'lockup', 'LOCKUP', 'stall'],
  ...['protection', 'ouble fault', 'orrupt', 'ut of memory', 'oom-kill', 'WARNING: ', 'ore dumped'],
  ...['ssertion', 'cut here', 'rror', 'RROR', 'ailed', 'ailure', 'FAIL', 'borted'],
] as const;

/** Of each kind. */
const KEPT_MAX = 4000;
const TEXT_LENGTH_MAX = 300;

export function createDoubtfulLines(): DoubtfulLines {
  const grave: DoubtfulLine[] = [];
  const slight: DoubtfulLine[] = [];
  let dropped = 0;
  return {
    take(text, { start, end }, line) {
      const [found] = GRAVE.exec(text) ?? SLIGHT.exec(text) ?? [];
      if (found === undefined || COMMAND_LINE.test(text)) return;
      const isGrave = GRAVE.test(text);
      const list = isGrave ? grave : slight;
      if (list.length === KEPT_MAX) dropped += 1;
      else
        list.push({ start, end, line, text: toLine(text, TEXT_LENGTH_MAX), word: found, isGrave });
    },
    outside(ranges) {
      const sorted = merge(ranges);
      return [...grave, ...slight]
        .filter(({ start }) => !isWithin(start, sorted))
        .toSorted((one, other) => one.start - other.start);
    },
    get dropped() {
      return dropped;
    },
  };
}

/** Sorted, without overlaps. */
function merge(ranges: readonly Range[]): readonly Range[] {
  const merged: Range[] = [];
  for (const range of ranges.toSorted((one, other) => one.start - other.start)) {
    const last = merged.at(-1);
    if (last === undefined || range.start > last.end) merged.push(range);
    else merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
  }
  return merged;
}

function isWithin(offset: number, sorted: readonly Range[]): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.end ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  const range = sorted[low];
  return range !== undefined && range.start <= offset;
}
