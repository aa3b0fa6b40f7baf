/** The report of a run that was begun before, made again from its event log. */
import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { tryLock } from '../cache/host-lock.ts';
import type { RunReport } from '../report/schema.ts';
import { foldRunLog } from './fold-run-log.ts';
import { findRunLog } from './run-log.ts';
import { shownFolder } from './shown-folder.ts';

export interface PastReport {
  readonly report: RunReport;
  /** The run's folder as the user would name it; never a link to it. */
  readonly folder: string;
}

/**
 * Rejects with a UsageError if there is no such run, or its log cannot be read.
 * @param out The folder of all reports.
 * @param name As `findRunLog` takes it.
 */
export async function readPastReport(out: string, name: string): Promise<PastReport> {
  const file = realpathSync(findRunLog(out, name));
  const report = foldRunLog(file);
  if (report.endedAt === undefined && (await isInUse(file))) {
    process.stderr.write(
      `kmx: the run ${report.run} has not ended: what has no verdict yet is called a miss\n`,
    );
  }
  return { report, folder: shownFolder(dirname(file)) };
}

/** A running kmx holds the lock of its log. */
async function isInUse(log: string): Promise<boolean> {
  await using lock = await tryLock(log);
  return lock === undefined;
}
