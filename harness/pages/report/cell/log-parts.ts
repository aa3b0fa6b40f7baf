import { cut } from '../../../text.ts';
import type { PackedLog, PackedMark } from '../../client/packed-logs.ts';

/** Logs with more characters or lines than this are inlined in parts. */
const WHOLE_LENGTH_MAX = 256 * 1024;
const WHOLE_LINES_MAX = 5000;
/** Of a long log: lines at its begin and at its end. */
const BEGIN_LINES = 400;
const END_LINES = 800;
/** And so many before and behind each finding. */
const AROUND_LINES = 150;
/** Of a long log: a line of it may be this long. */
const LINE_LENGTH_MAX = 240;

/** All lines of a log; of a long one its begin, its end and what is around its findings. */
export function partsOf(
  lines: readonly string[],
  marks: readonly Pick<PackedMark, 'first' | 'last'>[],
): PackedLog['parts'] {
  const length = lines.reduce((sum, line) => sum + line.length + 1, 0);
  const isWhole = length <= WHOLE_LENGTH_MAX && lines.length <= WHOLE_LINES_MAX;
  if (isWhole) return lines.length === 0 ? [] : [[1, lines.join('\n')]];
  const wanted = [
    { first: 1, last: BEGIN_LINES },
    ...marks.map(({ first, last }) => ({
      first: first - AROUND_LINES,
      last: Math.min(last, first + AROUND_LINES) + AROUND_LINES,
    })),
    { first: lines.length - END_LINES + 1, last: lines.length },
  ];
  return mergeRanges(wanted, lines.length).map(({ first, last }) => [
    first,
    lines
      .slice(first - 1, last)
      .map((line) => cut(line, LINE_LENGTH_MAX))
      .join('\n'),
  ]);
}

interface Range {
  first: number;
  last: number;
}

function mergeRanges(ranges: readonly Range[], count: number): readonly Range[] {
  const merged: Range[] = [];
  for (const range of ranges.toSorted((one, other) => one.first - other.first)) {
    const first = Math.max(1, range.first);
    const last = Math.min(count, range.last);
    const before = merged.at(-1);
    if (before !== undefined && first <= before.last + 1) before.last = Math.max(before.last, last);
    else if (first <= last) merged.push({ first, last });
  }
  return merged;
}
