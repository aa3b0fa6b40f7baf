import { omitUndefined } from '../../omit-undefined.ts';
import { beginningOf, toPrintable } from '../../text.ts';
import { type Finding, makeFinding } from '../finding.ts';
import type { OutputLine } from '../lines/line-splitter.ts';
import { keepCause } from './kernel-frames.ts';
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
  /** Whether a message that begins no report belongs to this one, is of no interest, or ends it. */
  tellNext(message: string): 'more' | 'other' | 'end';
  add(message: string, line: OutputLine): void;
  /** Whether this start is the text of the warning that has just begun: its title, from now on. */
  takeText(start: ReportStart): boolean;
  /** Nothing has been said yet of where it happened: that may come after the panic it led to. */
  readonly lacksTrace: boolean;
  /** The end of the report was seen, or the report has become too long. */
  readonly isComplete: boolean;
  /**
   * @param isEnded Whether what comes next is known not to belong to the report.
   * @param cause What the kernel reported last before this, if anything.
   */
  toFinding(isEnded: boolean, cause?: Finding): Finding;
}

const LINES_MAX = 200;
/** Lines of others between those of what a program copies from the kernel. */
const OTHERS_MAX = 32;
const EXCERPT_LENGTH_MAX = 4096;
/**
 * kernel/panic.c: print_oops_end_marker, panic; the last line except with `panic=0` and on KASLR
 * kernels.
 */
const REPORT_END = /^---\[ end |^Rebooting in \d+ seconds|^Kernel Offset: /;
/** lib/nmi_backtrace.c: what a CPU was doing is printed by that CPU. */
const ASKS_OTHERS = /^Sending NMI from CPU/;
/** Before a frame that says who forbade to sleep (kernel/sched/core.c), which is not the trace yet. */
const OTHER_FRAME = /^(?:Preemption disabled at|hardirqs last|softirqs last)/;
const TRACE = /^ *(?:Call [Tt]race|Backtrace|Stack|RIP|E?IP|PC is at|pc|epc|NIP|task:)\b/;

export function openReport(
  start: ReportStart,
  reporter: string | undefined,
  first: OutputLine,
): OpenReport {
  const { last, goesOn, isLine, names } = start;
  let { follow = [] } = start;
  const places = createPlaceFinder(start.placeIn);
  const registers = createRegisterCheck();
  let told = start;
  let title: string | undefined;
  let named: string | undefined;
  let hasTrace = false;
  let isOtherFrame = false;
  let { end } = first;
  let lines = 0;
  let excerpt = '';
  let followed = 0;
  let others = 0;
  let asksOthers = false;
  let isAtEnd = false;

  function add(message: string, line: OutputLine): void {
    lines += 1;
    end = line.end;
    if (excerpt.length < EXCERPT_LENGTH_MAX) excerpt += `${toPrintable(message)}\n`;
    lookForPlace(message.replace(/^kmemleak: /, ''));
    title = start.retitle?.(message) ?? title;
    registers.add(message);
    asksOthers ||= ASKS_OTHERS.test(message);
    isAtEnd ||= isLine === true || REPORT_END.test(message) || last?.test(message) === true;
  }

  function lookForPlace(message: string): void {
    if (!isOtherFrame) places.add(message);
    named ??= keepCause(names?.exec(message)?.groups?.place);
    hasTrace ||= TRACE.test(message);
    isOtherFrame = OTHER_FRAME.test(message);
  }

  function findPlace(): string | undefined {
    return told.place ?? named ?? start.place ?? places.place;
  }

  return {
    isPartOf(message) {
      if (last?.test(message)) return true;
      const next = follow.findIndex((text, at) => at >= followed && text.test(message));
      if (next !== -1) followed = next + 1;
      return next !== -1;
    },
    isBy: (caller) => caller === reporter || asksOthers,
    tellNext(message) {
      if (goesOn?.test(message) ?? true) return 'more';
      others += 1;
      return start.isCopied && others <= OTHERS_MAX ? 'other' : 'end';
    },
    add,
    get isComplete() {
      return isAtEnd || lines >= LINES_MAX;
    },
    takeText(text) {
      if (!text.isText || !start.takesText || hasTrace) return false;
      told = text;
      follow = text.follow ?? [];
      return true;
    },
    get lacksTrace() {
      return !hasTrace && findPlace() === undefined;
    },
    toFinding(isEnded, cause) {
      const isConsequence = cause !== undefined && isFollowUp(start);
      const place = isConsequence ? cause.place : findPlace();
      return makeFinding({
        class: start.class,
        title: isConsequence ? `${start.title}, after ${cause.title}` : describe(place),
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

  function describe(place: string | undefined): string {
    return place === undefined ? (title ?? told.unplaced) : `${title ?? told.title} in ${place}`;
  }
}
