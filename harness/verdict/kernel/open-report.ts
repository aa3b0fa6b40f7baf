import { beginningOf, toPrintable } from '../../text.ts';
import { type Finding, makeFinding } from '../finding.ts';
import type { OutputLine } from '../lines/line-splitter.ts';
import { keepCause } from './kernel-frames.ts';
import { isFollowUp } from './panic-patterns.ts';
import type { PlaceFinder } from './place.ts';
import { createPlaceFinder } from './place-finder.ts';
import { createRegisterCheck } from './register-check.ts';
import { INLINED, type ReportStart } from './report-start.ts';

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
  /** Until now. */
  readonly title: string;
  /** The end of the report was seen, or the report has become too long. */
  readonly isComplete: boolean;
  /**
   * @param isEnded Whether what comes next is known not to belong to the report.
   * @param cause What the kernel reported last before this, if anything.
   */
  toFinding(isEnded: boolean, cause?: Finding): Finding;
}

/** mm/kmemleak.c puts its name before each line. */
const KMEMLEAK = 'kmemleak: ';
/** lockdep's chains come before its trace. */
const LINES_MAX = 400;
/** The text of a warning is right behind its header; other texts are of other reports. */
const TEXT_LINES_MAX = 2;
/** The caller of what programs print; no caller of the kernel's has that form. */
export const PROGRAM = 'program';
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
  return new Report(start, reporter, first);
}

/** A class for the same reason as in stack-place.ts. */
class Report implements OpenReport {
  readonly #start: ReportStart;
  readonly #reporter: string | undefined;
  readonly #first: OutputLine;
  readonly #places: PlaceFinder;
  readonly #registers = createRegisterCheck();
  #told: ReportStart;
  #follow: readonly RegExp[];
  #title: string | undefined;
  #named: string | undefined;
  #hasTrace = false;
  #isOtherFrame = false;
  #end: number;
  #lines = 0;
  #excerpt = '';
  #followed = 0;
  #others = 0;
  #asksOthers = false;
  #isAtEnd = false;

  constructor(start: ReportStart, reporter: string | undefined, first: OutputLine) {
    this.#start = start;
    this.#reporter = reporter;
    this.#first = first;
    this.#places = createPlaceFinder(start.placeIn);
    this.#told = start;
    this.#follow = start.follow ?? [];
    this.#end = first.end;
  }

  isPartOf(message: string): boolean {
    // What comes next is the same without the inlined part, and is what is waited for.
    if (this.#start.last?.test(message) || message.endsWith(INLINED)) return true;
    for (let at = this.#followed; at < this.#follow.length; at += 1) {
      if (!this.#follow[at]?.test(message)) continue;
      this.#followed = at + 1;
      return true;
    }
    return false;
  }

  isBy(caller: string | undefined): boolean {
    return caller === this.#reporter || this.#asksOthers;
  }

  tellNext(message: string): 'more' | 'other' | 'end' {
    if (this.#start.goesOn?.test(message) ?? true) return 'more';
    this.#others += 1;
    return this.#reporter === PROGRAM && this.#others <= OTHERS_MAX ? 'other' : 'end';
  }

  add(message: string, line: OutputLine): void {
    const { isLine, last, retitle } = this.#start;
    this.#lines += 1;
    this.#end = line.end;
    if (this.#excerpt.length < EXCERPT_LENGTH_MAX) this.#excerpt += `${toPrintable(message)}\n`;
    this.#lookForPlace(message.startsWith(KMEMLEAK) ? message.slice(KMEMLEAK.length) : message);
    this.#title = retitle?.(message) ?? this.#title;
    this.#registers.add(message);
    this.#asksOthers ||= ASKS_OTHERS.test(message);
    this.#isAtEnd ||= isLine === true || REPORT_END.test(message) || last?.test(message) === true;
  }

  get isComplete(): boolean {
    return this.#isAtEnd || this.#lines >= LINES_MAX;
  }

  takeText(text: ReportStart): boolean {
    if (!text.isText || !this.#start.takesText || this.#hasTrace) return false;
    if (this.#lines > TEXT_LINES_MAX) return false;
    this.#told = text;
    this.#follow = text.follow ?? [];
    return true;
  }

  get title(): string {
    return this.#title ?? this.#told.title;
  }

  get lacksTrace(): boolean {
    return !this.#hasTrace && this.#findPlace() === undefined;
  }

  toFinding(isEnded: boolean, cause?: Finding): Finding {
    const isConsequence = cause !== undefined && isFollowUp(this.#start, cause);
    const place = isConsequence ? cause.place : this.#findPlace();
    const { impossible } = this.#registers;
    return makeFinding({
      class: this.#start.class,
      title: isConsequence ? `${this.#start.title}, after ${cause.title}` : this.#describe(place),
      ...(place === undefined ? {} : { place }),
      source: 'console',
      start: this.#first.start,
      end: this.#end,
      ...(this.#isAtEnd || isEnded ? {} : { isCut: true }),
      ...(impossible === undefined ? {} : { impossible }),
      excerpt: beginningOf(this.#excerpt, EXCERPT_LENGTH_MAX).trimEnd(),
    });
  }

  #lookForPlace(message: string): void {
    if (!this.#isOtherFrame) this.#places.add(message);
    this.#named ??= keepCause(this.#start.names?.exec(message)?.groups?.place);
    this.#hasTrace ||= TRACE.test(message);
    this.#isOtherFrame = OTHER_FRAME.test(message);
  }

  #findPlace(): string | undefined {
    return this.#told.place ?? this.#named ?? this.#start.place ?? this.#places.place;
  }

  #describe(place: string | undefined): string {
    if (place === undefined) return this.#title ?? this.#told.unplaced();
    return `${this.title} in ${place}`;
  }
}
