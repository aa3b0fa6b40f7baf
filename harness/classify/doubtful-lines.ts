/**
 * Lines that look bad to a reader. Those that are part of no finding are listed as passed over: so that
 * nobody has to trust that nothing was missed.
 */
import { toLine } from '../text.ts';
import type { Range } from './counting-dedup.ts';

export interface DoubtfulLine {
  readonly line: number | undefined;
  readonly text: string;
  /** The word that makes it doubtful. */
  readonly word: string;
  /** Programs write `error` about what is none; `panic` is another matter. */
  readonly isGrave: boolean;
  /** How many lines say the same but for numbers; this is the first. */
  readonly seen: number;
  /** What makes it doubtful, where that is more than the word. */
  readonly why?: string;
}

export interface DoubtfulLines {
  take(text: string, range: Range, line: number | undefined): void;
  /** Whether so many lines wait to be settled that it is time for it. */
  readonly isFull: boolean;
  /** Those that begin before this offset and lie in none of these ranges are kept, others of them forgotten. */
  settle(ranges: readonly Range[], before: number): void;
  /** What is kept, in the order of the log, with what no settling has reached yet. */
  outside(ranges: readonly Range[]): readonly DoubtfulLine[];
  /** Further ones, which were not kept. */
  readonly dropped: number;
}

const GRAVE =
  /\bpanic(?!k?ing?=| ?=|_|[- ]?timeout)\w*|\bBUG:|\boops\b|\bfatal(?!=)\b|\bsegfault|\bSIGSEGV\b|\bcall trace:|\bunable to handle\b|\blockup\b|\bstalls? (?:on|detected)\b|\bgeneral protection\b|\bdouble fault\b|\bcorrupt(?:ed|ion)\b|\bout of memory\b|\boom-kill|\bWARNING: (?:CPU|possible)|\bcore dumped\b|\bassertion\b|\bcut here\b/i;
/** kernel/panic.c: print_oops_end_marker, panic. Here it belongs to no report that is told. */
const END_OF_REPORT = /---\[ end (?:trace \S|Kernel panic)/;
const HEADLESS = "ends a kernel's report whose beginning is not in the log, or is not recognised";
const SLIGHT = /\berror(?!s?=|s?: ?0\b)\b|\bfailed\b|\bfailure\b|\baborted\b/i;
/** A kernel's options have such words in them: `panic=-1`, `oops=panic`. */
const COMMAND_LINE = /\bcommand line(?:: | parameters )/i;

/** Each doubtful line has one of these in it. */
export const DOUBTFUL_WORDS = [
  ...['panic', 'Panic', 'PANIC', 'BUG:', 'Oops', 'oops', 'OOPS', 'atal', 'ATAL', 'segfault'],
  ...['SIGSEGV', 'all Trace', 'all trace', 'nable to handle', 'lockup', 'LOCKUP', 'stall'],
  ...['protection', 'ouble fault', 'orrupt', 'ut of memory', 'oom-kill', 'WARNING: ', 'ore dumped'],
  ...['ssertion', 'cut here', '[ end trace ', 'rror', 'RROR', 'ailed', 'ailure', 'FAIL', 'borted'],
] as const;

/** Lines that may still turn out to be part of a report. */
const PENDING_MAX = 4000;
/** Different lines, numbers aside. */
const KEPT_MAX = 1000;
const TEXT_LENGTH_MAX = 300;
/** kernel/panic.c: `cut here` announces the report in the next line, which may have a long prefix. */
const ANNOUNCEMENT = /^cut here$/i;
const PREFIX_BYTES_MAX = 200;

type PendingLine = Omit<DoubtfulLine, 'seen'> & Range;

export function createDoubtfulLines(): DoubtfulLines {
  let pending: PendingLine[] = [];
  const kept = new Map<string, PendingLine & { seen: number }>();
  let dropped = 0;

  function keep(one: PendingLine): void {
    const shape = one.text.replace(/\b0x[0-9a-f]+|\d+/gi, '0');
    const alike = kept.get(shape);
    if (alike !== undefined) alike.seen += 1;
    else if (kept.size < KEPT_MAX) kept.set(shape, { ...one, seen: 1 });
    else dropped += 1;
  }

  function settle(ranges: readonly Range[], before: number): void {
    const oldest = pending[0]?.start ?? 0;
    const sorted = merge(ranges.filter(({ end }) => end > oldest));
    const later: PendingLine[] = [];
    for (const one of pending) {
      if (one.start >= before) later.push(one);
      else if (!isWithin(one, sorted)) keep(one);
    }
    pending = later;
  }

  return {
    take(text, { start, end }, line) {
      const isEnd = END_OF_REPORT.test(text);
      const grave = isEnd ? 'end of a report' : GRAVE.exec(text)?.[0];
      const word = grave ?? SLIGHT.exec(text)?.[0];
      if (word === undefined || COMMAND_LINE.test(text)) return;
      const isGrave = grave !== undefined;
      const short = toLine(text, TEXT_LENGTH_MAX);
      const why = isEnd ? { why: HEADLESS } : {};
      pending.push({ start, end, line, text: short, word, isGrave, ...why });
    },
    get isFull() {
      return pending.length >= PENDING_MAX;
    },
    settle,
    outside(ranges) {
      settle(ranges, Number.POSITIVE_INFINITY);
      return [...kept.values()].map(({ start, end, ...line }) => line);
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

/** Whether it lies in one of these, or announces one. */
function isWithin({ start, end, word }: PendingLine, sorted: readonly Range[]): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.end ?? 0) <= start) low = middle + 1;
    else high = middle;
  }
  const range = sorted[low];
  const last = ANNOUNCEMENT.test(word) ? end + PREFIX_BYTES_MAX : start;
  return range !== undefined && range.start <= last;
}
