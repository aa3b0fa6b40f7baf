import type { FindingClass } from '../finding.ts';
import type { PlaceIn } from './place-finder.ts';

/** What the first line of a kernel's report says. */
export interface ReportStart extends ReportShape {
  readonly class: FindingClass;
  readonly title: string;
  /** The title if no place is found: more of the message, so that it tells bugs apart. */
  readonly unplaced: () => string;
  readonly place?: string;
}

/** How a report goes on after its first line. */
export interface ReportShape {
  readonly placeIn: PlaceIn;
  /** A later message that names the place in a group `place`; it counts before the trace. */
  readonly names?: RegExp;
  /** A message that ends this kind of report, in addition to the marks that end any report. */
  readonly last?: RegExp;
  /** A message that matches none of these does not belong to the report. */
  readonly goesOn?: RegExp;
  /** Messages that look like the beginning of a report but continue this one, in this order. */
  readonly follow?: readonly RegExp[];
  /** The report consists of its first line. */
  readonly isLine?: true;
  /** A better title than the first line's, from a later line. */
  readonly retitle?: (message: string) => string | undefined;
  /** A warning, whose text came after this line up to 4.x. */
  readonly takesText?: true;
  /** The text of a warning: the title of the warning that has just begun. */
  readonly isText?: true;
  /** Only a report if it is not part of another one. */
  readonly isStray?: true;
  /** Programs print this, too: what they read of the kernel. */
  readonly isCopied?: true;
}

/** One kind of first line: matched from the first character of a message. */
export interface ReportPattern extends ReportShape {
  /** A group named `place` is the place. */
  readonly text: RegExp;
  /** The default is `kernel-oops`. */
  readonly class?: FindingClass;
  /** The default is the whole match. */
  readonly title?: (match: RegExpExecArray) => string;
  /**
   * The title if no place is found. The default is the whole message if one was looked for, else
   * the title.
   */
  readonly unplaced?: 'title' | ((match: RegExpExecArray) => string);
}

/** A pattern that is tried only for messages with one of its words. */
export interface IndexedPattern extends ReportPattern {
  /** Every message that matches contains one of these. */
  readonly words: readonly string[];
}

/** Alternatives for texts that begin the same and continue in one of several ways. */
export function starting(beginning: string, ...goingOn: readonly string[]): RegExp {
  return new RegExp(`^${beginning}(?:${goingOn.join('|')})`);
}

/** The first group of a match: its title. */
export function firstGroup([, title = '']: RegExpExecArray): string {
  return title;
}

/** The name of a task without the numbers that differ from boot to boot (`kworker/u8:2`). */
export function nameTask(comm: string): string {
  return comm.replace(/\d+/g, 'N');
}

/** Ends the trace of a task, and most reports with it (arch/x86/kernel/dumpstack.c). */
export const END_OF_TRACE = /^ ?<\/TASK>/;
/** A line that repeats the name of a fault, on any architecture, with their count (die, __die). */
export const DIE = /\[#\d+\]/;
/** lib/bug.c, kernel/panic.c: what goes on after the text of a WARN or BUG. */
export const HEADERS: readonly RegExp[] = [/^WARNING: /, /^[Kk]ernel BUG(?: at |$)/, DIE];
/** How tools end the line of an inlined function; the line of the function that it is a part of comes next. */
export const INLINED = ' [inline]';
