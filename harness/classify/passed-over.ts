/** Lines that look bad, and crashes that only the other reading of a log would find. */
import { omitUndefined } from '../omit-undefined.ts';
import { toPrintable } from '../text.ts';
import { isCrash } from '../verdict/finding.ts';
import type { PassedOver } from './classification.ts';
import type { CountingDedup, Range } from './counting-dedup.ts';
import type { DoubtfulLine, DoubtfulLines } from './doubtful-lines.ts';
import type { LogStream } from './log-stream.ts';
import type { FindingReader, PlacedFinding } from './placed-findings.ts';

/**
 * What matters most first: crashes, grave words, and slight ones if nothing was found at all.
 * @param stream What the log is read as.
 * @param taken What is told of the other reading, too.
 */
export function passedOverIn(
  doubtful: DoubtfulLines,
  readers: Readonly<Record<LogStream, FindingReader>>,
  stream: LogStream,
  taken: readonly PlacedFinding[] = [],
): readonly PassedOver[] {
  const { placed, dedup } = readers[stream];
  const other = readers[stream === 'console' ? 'agent' : 'console'];
  const crashes = other.placed.filter(
    (one) =>
      isCrash(one.finding) &&
      !taken.includes(one) &&
      !dedup.ranges.some((range) => overlaps(range, one.finding)),
  );
  const hasOther = crashes.length + taken.length > 0;
  const ranges = [...dedup.ranges, ...(hasOther ? other.dedup.ranges : [])];
  const lines = doubtful.outside(ranges);
  return [
    ...crashes.map((one) => describeOther(one, other.dedup, stream)),
    ...lines.filter(({ isGrave }) => isGrave).map(describeDoubtful),
    ...(placed.length > 0 ? [] : lines.filter(({ isGrave }) => !isGrave).map(describeDoubtful)),
  ];
}

function overlaps(one: Range, other: Range): boolean {
  return one.start < other.end && other.start < one.end;
}

const OTHER_STREAM = {
  console: {
    kind: 'program',
    why: "a program's crash: on a console it counts only if PID 1 died of it; --stream agent takes it",
  },
  agent: { kind: 'kernel', why: "a kernel's report; --stream console takes it" },
} as const;

function describeOther(
  { finding, line }: PlacedFinding,
  dedup: CountingDedup,
  stream: LogStream,
): PassedOver {
  return {
    ...omitUndefined({ line }),
    text: toPrintable(finding.excerpt.split('\n', 1)[0] ?? ''),
    ...{ seen: dedup.timesSeen(finding), ...OTHER_STREAM[stream] },
  };
}

function describeDoubtful({ line, text, word, isGrave, seen, why }: DoubtfulLine): PassedOver {
  const kind = isGrave ? 'alarm' : 'error';
  return { ...omitUndefined({ line }), text, why: why ?? `says "${word}"`, kind, seen };
}
