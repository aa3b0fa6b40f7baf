/** Finds and reads the report of a run, of this version or of an older one. */
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { type CompactReport, compactReport } from '../compare/compact-report.ts';
import { createReportReader } from '../compare/report-reader.ts';
import { UsageError } from '../errors.ts';
import { foldRunLog } from './fold-run-log.ts';
import { readPieces } from './read-pieces.ts';
import { EVENTS, findRunLog, isFile, pathOfRun } from './run-log.ts';

const REPORT = 'report.json';

/**
 * Its report.json, or its event log where there is no report. Throws a UsageError if there is neither.
 * @param out The folder of all reports.
 * @param name A run id, `latest`, `last-but-one`, or the path of a run's folder or of a file in it.
 */
export function findReport(out: string, name: string): string {
  const path = pathOfRun(out, name);
  if (isFile(path) && basename(path) !== EVENTS) return path;
  const report = join(isFile(path) ? dirname(path) : path, REPORT);
  // A run that is going on, or was killed, has a log alone.
  return isFile(report) ? report : findRunLog(out, name);
}

/** Throws a UsageError if the file, a report or an event log, cannot be read. */
export function readCompactReport(file: string): CompactReport {
  if (basename(file) === EVENTS) return compactReport(foldRunLog(file), file);
  const reader = createReportReader(file);
  for (const piece of readPieces(file)) reader.push(piece);
  return reader.end();
}

const begin = z.object({
  type: z.literal('run-begin'),
  matrix: z.string(),
  inputs: z.record(z.string(), z.string()),
  isFiltered: z.exactOptional(z.boolean()),
});

/**
 * What a run says when it begins, whatever the version of its log; `undefined` if there is no such log.
 * Throws a UsageError if the file is something else.
 */
export function readBegin(file: string): z.infer<typeof begin> | undefined {
  if (!isFile(file)) return undefined;
  const parts: Buffer[] = [];
  for (const piece of readPieces(file)) {
    const end = piece.indexOf('\n');
    parts.push(Buffer.from(end === -1 ? piece : piece.subarray(0, end)));
    if (end !== -1) break;
  }
  const line = Buffer.concat(parts).toString('utf8');
  try {
    return begin.parse(JSON.parse(line));
  } catch (cause) {
    throw new UsageError(`${file}:1: expected run-begin, which every event log begins with`, {
      code: 'EVENTS_NO_LOG',
      remedy: 'it must be as kmx wrote it; without the log, report.json alone will do',
      cause,
    });
  }
}
