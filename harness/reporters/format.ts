import type { RunReport } from '../report/schema.ts';
import type { RunInsight } from './reporter.ts';

/** As `--format` and `--reporter` take them, in the order of help texts. */
export const FORMAT_NAMES = [
  'html',
  'json',
  'junit',
  'markdown',
  'github',
  'ctrf',
  'tap',
  'kcidb',
] as const;
export type FormatName = (typeof FORMAT_NAMES)[number];

/** What a run writes unless it is told otherwise. */
export const DEFAULT_FORMATS: readonly FormatName[] = ['html', 'json', 'junit', 'markdown'];

/** A form that reports are written in. Pure: the same report gives the same bytes, live or replayed. */
export interface ReportFormat {
  readonly name: FormatName;
  /** Its file in the run's folder. */
  readonly file: string;
  /** What it is for, in a few words. */
  readonly description: string;
  /** The text in pieces: the whole may be more than a string can hold. */
  pieces(report: RunReport, context: FormatContext): Iterable<string>;
}

/** What reports say that depends on where they are read, or is not in the run's events. */
export interface FormatContext extends RunInsight {
  /** The run's folder as the reader of messages would name it. */
  readonly folder: string;
  /** A `kmx` command as the user would type it. */
  commandLine(words: readonly string[]): string;
  /** Reads a file of the run's folder; undefined if it is not there, or is too large to be looked at. */
  readLog(path: readonly string[]): Uint8Array | undefined;
  /** The run's folder as seen from the folder of what is written; undefined: what is written has no place. */
  readonly runFolder: string | undefined;
}
