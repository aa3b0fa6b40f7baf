/** index.html: the whole run as a page that people read. */
import { omitUndefined } from '../omit-undefined.ts';
import { loadPageAssets } from '../page-assets/load-page-assets.ts';
import { gatherLogs } from '../pages/report/cell/gather-logs.ts';
import { scopeOf } from '../pages/report/cell/page-scope.ts';
import { renderReportPage } from '../pages/report/report-page.ts';
import type { RunReport } from '../report/schema.ts';
import { FORMATS, type FormatContext, type ReportFormat } from './format.ts';

/** The script and the style sheet are bundled when they are first needed, which takes a moment. */
export async function loadPageFormat(): Promise<ReportFormat> {
  const assets = await loadPageAssets();
  return {
    name: 'html',
    ...FORMATS.html,
    *pieces(report: RunReport, { commandLine, readLog, runFolder, explain }: FormatContext) {
      const scope = scopeOf(report);
      const logs = gatherLogs({ report, scope, read: readLog, folder: runFolder });
      const folder = runFolder;
      yield* renderReportPage({
        ...{ report, assets, folder, logs, commandLine },
        ...omitUndefined({ explain }),
      });
    },
  };
}
