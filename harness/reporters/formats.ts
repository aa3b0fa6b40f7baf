/** The formats that reports are written in, and how their files are written. */
import { join } from 'node:path';
import type { RunReport } from '../report/schema.ts';
import type { FormatContext, FormatName, ReportFormat } from './format.ts';
import { replaceFile } from './replace-file.ts';
import type { Reporter, RunInsight } from './reporter.ts';

/** Loaded when they are wanted: no run has to wait for the code of others. */
const LOAD: Readonly<Record<FormatName, () => Promise<ReportFormat>>> = {
  html: async () => (await import('./page-format.ts')).loadPageFormat(),
  json: async () => (await import('./json.ts')).jsonFormat,
  junit: async () => (await import('./junit.ts')).junitFormat,
  markdown: async () => (await import('./markdown-report/markdown-report.ts')).markdownFormat,
  github: async () => (await import('./github/github-summary.ts')).githubFormat,
  ctrf: async () => (await import('./ctrf.ts')).ctrfFormat,
  tap: async () => (await import('./tap.ts')).tapFormat,
  kcidb: async () => (await import('./kcidb/kcidb.ts')).kcidbFormat,
};

export function loadFormat(name: FormatName): Promise<ReportFormat> {
  return LOAD[name]();
}

/** Writes the file of a format when the run is over. */
export function createFormatReporter(
  format: ReportFormat,
  folder: string,
  context: FormatContext,
): Reporter {
  return {
    onEnd: (report: RunReport, insight?: RunInsight) =>
      replaceFile(join(folder, format.file), format.pieces(report, { ...context, ...insight })),
  };
}
