import type { RunReport } from '../../report/schema.ts';
import type { PageLogs } from './cell/page-logs.ts';

/** What many parts of the page need. */
export interface ReportContext {
  readonly report: RunReport;
  /** Of the run, as seen from the page; undefined: nothing in it is to be linked. */
  readonly folder: string | undefined;
  readonly logs: PageLogs;
  /** Arguments of kmx as a command that the reader can type. */
  readonly commandLine: (words: readonly string[]) => string;
}
