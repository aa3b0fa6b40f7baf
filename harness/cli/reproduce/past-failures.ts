/** Failures of earlier runs, from their reports. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readReport } from '../../ci/read-report.ts';
import { UsageError } from '../../errors.ts';
import type { RunReport } from '../../report/schema.ts';
import { foldRunLog } from '../fold-run-log.ts';
import { EVENTS, findRunLog, isFile, pathOfRun } from '../run-log.ts';

const REPORT = 'report.json';
const LATEST = 'latest';
const ALWAYS_RUNS: readonly string[] = [LATEST, 'last-but-one'];

/** Whether a word names a run: cells and tests before a colon have no slash in their names. */
export function isRunName(out: string, word: string): boolean {
  if (ALWAYS_RUNS.includes(word)) return true;
  if (word.includes(':')) return false;
  return word.includes('/') || [EVENTS, REPORT].some((file) => existsSync(join(out, word, file)));
}

/**
 * Its report.json, or what its event log says where there is none. Throws a UsageError if there is neither, or
 * if it cannot be read.
 * @param name A run id, `latest`, `last-but-one`, or the path of a run's folder or of a file in it.
 */
export function readRun(out: string, name: string): RunReport {
  const path = pathOfRun(out, name);
  const folder = isFile(path) ? dirname(path) : path;
  const file = isFile(path) && path.endsWith('.json') ? path : join(folder, REPORT);
  // A run that is going on, or was killed, has a log alone.
  const report = basename(path) === EVENTS ? undefined : readReport(file);
  return report ?? foldRunLog(findRunLog(out, name));
}

/** The last run, if there is one that can be read. */
export function readLatest(out: string): RunReport | undefined {
  const folder = join(out, LATEST);
  if (![EVENTS, REPORT].some((file) => existsSync(join(folder, file)))) return undefined;
  try {
    return readRun(out, LATEST);
  } catch (error) {
    // Nobody asked for it: what an older kmx has written is as good as none.
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}
