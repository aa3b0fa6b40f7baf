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

export interface FormatFacts {
  /** Its file in the run's folder. */
  readonly file: string;
  /** What it is for, in a few words. */
  readonly description: string;
}

/** Apart from the code of the formats, which help texts need not wait for. */
export const FORMATS: Readonly<Record<FormatName, FormatFacts>> = {
  html: { file: 'index.html', description: 'a page for people, one file with everything in it' },
  json: { file: 'report.json', description: 'everything, in the form of docs/report.schema.json' },
  junit: { file: 'junit.xml', description: 'tests, as most CI services read them' },
  markdown: { file: 'summary.md', description: 'what went wrong, for people: issues, mails' },
  github: {
    file: 'github-summary.md',
    description: 'summary of a GitHub Actions job; there it goes to the job itself',
  },
  ctrf: {
    file: 'ctrf-report.json',
    description: 'Common Test Report Format, for the tools that read it',
  },
  tap: {
    file: 'report.tap',
    description: 'Test Anything Protocol 14, a subtest for each cell',
  },
  kcidb: {
    file: 'kcidb.json',
    description: 'KCIDB 5.3: tests, issues and incidents for KernelCI',
  },
};

/** What a run writes unless it is told otherwise. */
export const DEFAULT_FORMATS: readonly FormatName[] = ['html', 'json', 'junit', 'markdown'];

/** A form that reports are written in. Pure: the same report gives the same bytes, live or replayed. */
export interface ReportFormat extends FormatFacts {
  readonly name: FormatName;
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
