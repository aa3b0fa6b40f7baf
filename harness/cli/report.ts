/** `kmx report`: the reports of a run in any format, from its event log alone. */
import { statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UsageError } from '../errors.ts';
import type { FormatContext, FormatName } from '../reporters/format.ts';
import { loadFormat } from '../reporters/formats.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { formatContext } from './format-context.ts';
import { loadFeatures } from './load-needs.ts';
import { type PastReport, readPastReport } from './past-report.ts';
import { readInsight } from './run-insight.ts';
import { writeOutput } from './write-output.ts';

export interface ReportOptions {
  readonly matrix: string;
  readonly out: string;
  readonly format: readonly FormatName[];
  /** A file, a folder, or `-` for standard output; absent: the run's folder. */
  readonly output?: string;
}

const STANDARD_OUTPUT = '-';

/**
 * Writes the reports, and prints their paths. Exit code 0 whatever the run came to. Rejects with a
 * UsageError if there is no such run or nowhere to write to.
 * @param run As `findRunLog` takes it.
 */
export async function report(run: string, options: ReportOptions): Promise<number> {
  const { output } = options;
  const formats = await Promise.all([...new Set(options.format)].map(loadFormat));
  const isFolder = output === undefined || isDirectory(output);
  if (!isFolder && formats.length > 1) throw severalInOne(output);
  const past = await readPastReport(options.out, run);
  const context = {
    ...formatContext(past.folder, process.env, seenFrom(past.folder, output, isFolder)),
    ...(await readInsight(past.folder, past.report, loadFeatures({ matrix: options.matrix }))),
  };
  for (const format of formats) {
    if (format.name === 'github' && output === undefined) {
      process.stdout.write(`${await reportToGithub(past, context)}\n`);
      continue;
    }
    const pieces = format.pieces(past.report, context);
    if (output === STANDARD_OUTPUT) {
      await pipeline(Readable.from(pieces), process.stdout, { end: false });
      continue;
    }
    const file = isFolder ? join(output ?? past.folder, format.file) : output;
    writeOutput('the report', file, pieces);
    process.stdout.write(`${file}\n`);
  }
  return EXIT_CODES.good;
}

/** Where GitHub runs this, it goes to the summary of the job; else to a file as any other. */
async function reportToGithub(
  { report: past, folder }: PastReport,
  context: FormatContext,
): Promise<string> {
  const github = await import('../reporters/github/github-reporter.ts');
  const write = (text: string): void => void process.stdout.write(text);
  return github.reportToGithub(past, { folder, context, environment: process.env, write });
}

/** The run's folder as seen from where the reports are written; undefined for standard output. */
function seenFrom(
  folder: string,
  output: string | undefined,
  isFolder: boolean,
): string | undefined {
  if (output === undefined) return '.';
  if (output === STANDARD_OUTPUT) return undefined;
  const from = relative(resolve(isFolder ? output : dirname(output)), resolve(folder));
  return from === '' ? '.' : from;
}

function severalInOne(output: string): UsageError {
  const code = 'OUTPUT_SHARED';
  if (output === STANDARD_OUTPUT) {
    const remedy = 'name a folder with --output, or one format';
    return new UsageError('standard output takes one format, not several', { code, remedy });
  }
  const isFile = statSync(output, { throwIfNoEntry: false }) !== undefined;
  const what = isFile ? `${output} is a file` : `there is no folder ${output}`;
  return new UsageError(`several formats need a folder, and ${what}`, {
    code,
    remedy: 'name a folder that is there with --output, or one format',
  });
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
