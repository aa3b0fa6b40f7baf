import { toPrintable } from '../text.ts';
import { type Finding, makeFinding } from './finding.ts';
import { findFrame, findRip } from './kernel-frames.ts';
import { isFollowUp, type ReportStart, repeatsFault } from './kernel-reports.ts';
import type { OutputLine } from './line-splitter.ts';

/** A kernel's report of which more lines may come. */
export interface OpenReport {
  /** Whether this message begins another report, though it looks like one's beginning. */
  isPartOf(message: string): boolean;
  add(message: string, line: OutputLine): void;
  /** The end of the report was seen, or it is too long for one. */
  readonly isComplete: boolean;
  toFinding(): Finding;
}

const LINES_MAX = 200;
const EXCERPT_LENGTH_MAX = 4096;
/** kernel/panic.c: print_oops_end_marker, panic; the last but for `panic=0` and KASLR kernels. */
const REPORT_END = /^---\[ end |^Rebooting in \d+ seconds|^Kernel Offset: /;

/** @param cause What the kernel reported last before this, if anything. */
export function openReport(start: ReportStart, first: OutputLine, cause?: Finding): OpenReport {
  const { last, placeIn } = start;
  let end = first.end;
  let lines = 0;
  let excerpt = '';
  let instruction: string | undefined;
  let frame: string | undefined;
  let hasRepeat = false;
  let isComplete = false;

  function place(): string | undefined {
    if (start.place !== undefined || placeIn === 'nowhere') return start.place;
    return placeIn === 'instruction' ? (instruction ?? frame) : frame;
  }

  return {
    // A BUG and the trap that it makes are one report, with two lines that could begin one.
    isPartOf(message) {
      if (lines === 0) return true;
      if (hasRepeat || !repeatsFault(message)) return false;
      hasRepeat = true;
      return true;
    },
    add(message, line) {
      lines += 1;
      end = line.end;
      if (excerpt.length < EXCERPT_LENGTH_MAX) excerpt += `${toPrintable(message)}\n`;
      instruction ??= findRip(message);
      frame ??= findFrame(message);
      isComplete ||= REPORT_END.test(message) || last?.test(message) || lines >= LINES_MAX;
    },
    get isComplete() {
      return isComplete;
    },
    toFinding() {
      const isConsequence = cause !== undefined && isFollowUp(start);
      const found = isConsequence ? cause.place : place();
      const title = isConsequence ? `${start.title}, after ${cause.title}` : start.title;
      return makeFinding({
        class: start.class,
        title: found === undefined || isConsequence ? title : `${title} in ${found}`,
        ...(found === undefined ? {} : { place: found }),
        source: 'console',
        start: first.start,
        end,
        excerpt: excerpt.slice(0, EXCERPT_LENGTH_MAX).trimEnd(),
      });
    },
  };
}
