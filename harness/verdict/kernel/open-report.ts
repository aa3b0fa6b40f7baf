import { omitUndefined } from '../../omit-undefined.ts';
import { beginningOf, toPrintable } from '../../text.ts';
import { type Finding, makeFinding } from '../finding.ts';
import type { OutputLine } from '../lines/line-splitter.ts';
import type { ConsoleMessage } from './kernel-message.ts';
import { isFollowUp } from './panic-patterns.ts';
import { createPlaceFinder } from './place-finder.ts';
import { createRegisterCheck } from './register-check.ts';
import type { ReportStart } from './report-start.ts';

/** A kernel's report that may have more lines to come. */
export interface OpenReport {
  /** Whether this message, which looks like the beginning of a report, continues this one. */
  isPartOf(message: string): boolean;
  /** Whether the printer of this message may continue this report. */
  isBy(caller: string | undefined): boolean;
  /** Whether a message that begins no report belongs to this one. */
  goesOnWith(message: string): boolean;
  add(message: string, line: OutputLine): void;
  /** The end of the report was seen, or the report has become too long. */
  readonly isComplete: boolean;
  /** @param isEnded Whether what comes next is known not to belong to the report. */
  toFinding(isEnded: boolean): Finding;
}

const LINES_MAX = 200;
const EXCERPT_LENGTH_MAX = 4096;
/**
 * kernel/panic.c: print_oops_end_marker, panic; the last line except with `panic=0` and on KASLR
 * kernels.
 */
const REPORT_END = /^---\[ end |^Rebooting in \d+ seconds|^Kernel Offset: /;
/** lib/nmi_backtrace.c: what a CPU was doing is printed by that CPU. */
const ASKS_OTHERS = /^Sending NMI from CPU/;

/** @param cause What the kernel reported last before this, if anything. */
export function openReport(
  start: ReportStart,
  { caller: reporter }: Pick<ConsoleMessage, 'caller'>,
  first: OutputLine,
  cause?: Finding,
): OpenReport {
  const { last, follow = [], goesOn, isLine } = start;
  const places = createPlaceFinder(start.placeIn);
  const registers = createRegisterCheck();
  let { title } = start;
  let { end } = first;
  let lines = 0;
  let excerpt = '';
  let followed = 0;
  let asksOthers = false;
  let isAtEnd = false;

  function add(message: string, line: OutputLine): void {
    lines += 1;
    end = line.end;
    if (excerpt.length < EXCERPT_LENGTH_MAX) excerpt += `${toPrintable(message)}\n`;
    places.add(message.replace(/^kmemleak: /, ''));
    title = start.retitle?.(message) ?? title;
    registers.add(message);
    asksOthers ||= ASKS_OTHERS.test(message);
    isAtEnd ||= isLine === true || REPORT_END.test(message) || last?.test(message) === true;
  }

  return {
    isPartOf(message) {
      if (last?.test(message)) return true;
      const next = follow.findIndex((text, at) => at >= followed && text.test(message));
      if (next !== -1) followed = next + 1;
      return next !== -1;
    },
    isBy: (caller) => caller === reporter || asksOthers,
    goesOnWith: (message) => goesOn?.test(message) ?? true,
    add,
    get isComplete() {
      return isAtEnd || lines >= LINES_MAX;
    },
    toFinding(isEnded) {
      const isConsequence = cause !== undefined && isFollowUp({ title });
      const place = isConsequence ? cause.place : (start.place ?? places.place);
      const what = isConsequence ? `${title}, after ${cause.title}` : title;
      return makeFinding({
        class: start.class,
        title: place === undefined || isConsequence ? what : `${what} in ${place}`,
        ...omitUndefined({ place }),
        source: 'console',
        start: first.start,
        end,
        ...(isAtEnd || isEnded ? {} : { isCut: true }),
        ...omitUndefined({ impossible: registers.impossible }),
        excerpt: beginningOf(excerpt, EXCERPT_LENGTH_MAX).trimEnd(),
      });
    },
  };
}
