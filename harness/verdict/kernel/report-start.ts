import type { FindingClass } from '../finding.ts';
import type { PlaceIn } from './place-finder.ts';

/** What the first line of a kernel's report says. */
export interface ReportStart extends ReportShape {
  readonly class: FindingClass;
  readonly title: string;
  readonly place?: string;
}

/** How a report goes on after its first line. */
export interface ReportShape {
  readonly placeIn: PlaceIn;
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
}

/** One kind of first line: matched from the first character of a message. */
export interface ReportPattern extends ReportShape {
  /** A group named `place` is the place. */
  readonly text: RegExp;
  /** The default is `kernel-oops`. */
  readonly class?: FindingClass;
  /** The default is the whole match. */
  readonly title?: (match: RegExpExecArray) => string;
}

/** Alternatives for texts that begin the same and continue in one of several ways. */
export function starting(beginning: string, ...goingOn: readonly string[]): RegExp {
  return new RegExp(`^${beginning}(?:${goingOn.join('|')})`);
}

/** The first group of a match: its title. */
export function firstGroup([, title = '']: RegExpExecArray): string {
  return title;
}

/** Ends the trace of a task, and most reports with it (arch/x86/kernel/dumpstack.c). */
export const END_OF_TRACE = /^ ?<\/TASK>/;

/** The count of faults, in the line with which every architecture names one (die, __die). */
export const COUNTED = /\[#\d+\]/;
