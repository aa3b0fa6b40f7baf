import type { FindingClass } from './finding.ts';
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
  /** A message that ends this kind of report, beside the marks that end any. */
  readonly last?: RegExp;
  /** A message that is not like these is none of the report's. */
  readonly goesOn?: RegExp;
  /** What looks like the beginning of another report, and is more of this: in this order. */
  readonly follow?: readonly RegExp[];
  /** The first line is all there is. */
  readonly isLine?: true;
  /** A better title than the first line's, of a later line. */
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

/** Texts that begin the same and go on in one of several ways. */
export function starting(beginning: string, ...goingOn: readonly string[]): RegExp {
  return new RegExp(`^${beginning}(?:${goingOn.join('|')})`);
}

/** The first group of a match: its title. */
export function firstGroup([, title = '']: RegExpExecArray): string {
  return title;
}

/** Ends the trace of a task, and most reports with it (arch/x86/kernel/dumpstack.c). */
export const END_OF_TRACE = /^ ?<\/TASK>/;
