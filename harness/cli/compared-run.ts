/** Reads runs for comparisons: from their reports, or from their event logs where there is none. */
import { dirname, join } from 'node:path';
import type { ComparedRun } from '../compare/compared-run.ts';
import { comparedRunOf } from '../compare/compared-run-of.ts';
import { readRunConfigs } from '../kernels/config/run-configs.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { EVENTS } from './run-log.ts';
import { findReport, readBegin, readCompactReport } from './run-report.ts';
import { shownFolder } from './shown-folder.ts';

/**
 * Throws a UsageError if there is no such run.
 * @param out The folder of all reports.
 * @param name A run id, `latest`, `last-but-one`, or the path of a run's folder or of a file in it.
 */
export async function readComparedRun(out: string, name: string): Promise<ComparedRun> {
  const file = findReport(out, name);
  const folder = dirname(file);
  const report = readCompactReport(file);
  return comparedRunOf(report, {
    folder: shownFolder(folder),
    ...(await readRunConfigs(folder, report)),
    ...omitUndefined({ inputs: report.inputs ?? readBegin(join(folder, EVENTS))?.inputs }),
  });
}
