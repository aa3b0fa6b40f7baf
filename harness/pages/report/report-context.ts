import type { Advice } from '../../compare/advice.ts';
import type { Explain } from '../../facts/fact-sheet.ts';
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
  /** From more than the run itself, such as kernel configurations; absent: what the run alone tells. */
  readonly advice?: Advice;
  /** Why a kernel lacks something; absent: it is not told. */
  readonly explain?: Explain;
}
