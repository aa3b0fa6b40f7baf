/** The formats that reports are written in, and how their files are written. */
import { join } from 'node:path';
import type { RunReport } from '../report/schema.ts';
import type { FormatContext, ReportFormat } from './format.ts';
import { jsonFormat } from './json.ts';
import { junitFormat } from './junit.ts';
import { replaceFile } from './replace-file.ts';
import type { Reporter } from './reporter.ts';

/** In the order of help texts. */
export const FORMATS: readonly ReportFormat[] = [jsonFormat, junitFormat];

/** What `kmx run` writes unless it is told otherwise. */
export const DEFAULT_FORMATS: readonly string[] = ['json', 'junit'];

/** Undefined if there is no format of this name. */
export function findFormat(name: string): ReportFormat | undefined {
  return FORMATS.find((format) => format.name === name);
}

/** Writes the file of a format when the run is over. */
export function createFormatReporter(
  format: ReportFormat,
  folder: string,
  context: FormatContext,
): Reporter {
  return { onEnd: (report: RunReport) => writeFormat(format, folder, report, context) };
}

/** Replaces the file of a format in a folder, and returns its path. */
export function writeFormat(
  format: ReportFormat,
  folder: string,
  report: RunReport,
  context: FormatContext,
): string {
  const path = join(folder, format.file);
  replaceFile(path, format.pieces(report, context));
  return path;
}
