/**
 * Reads a report.json piece by piece: it may be larger than a string can be, and only a small part of
 * it is compared. reporters/json-pieces.ts writes each item of a long list on a line of its own; such a
 * list of cells is read cell by cell. Any other JSON is read as a whole. Our own code: parsers that
 * stream JSON go value by value, which takes several times as long.
 */
import { z } from 'zod';
import { UsageError } from '../errors.ts';
import {
  type CompactCell,
  type CompactReport,
  compactReport,
  createCompactor,
} from './compact-report.ts';
import {
  READABLE_VERSIONS,
  type SlimCell,
  type SlimReport,
  slimCellSchema,
  slimReportSchema,
} from './slim-report.ts';

export interface ReportReader {
  push(piece: Uint8Array): void;
  /** Throws a UsageError if that was no report, or one of a version that cannot be read. */
  end(): CompactReport;
}

const LINE_FEED = 0x0a;
/** Begins a value of the report itself: strings hold no line feeds, and deeper values are further in. */
const TOP_LEVEL = /^ {2}"(\w+)": /;
const CELLS = '  "cells": [';
const LIST_END = /^ {2}\],?$/;
/** What is not compared, and may be long. */
const DROPPED = new Set(['crashes', 'failures', 'expectations', 'totals', 'missingKernels']);

/** @param file As the user named it. */
export function createReportReader(file: string): ReportReader {
  let rest: Uint8Array[] = [];
  const kept: string[] = [];
  const compactCell = createCompactor();
  const cells: CompactCell[] = [];
  let state: 'kept' | 'dropped' | 'cells' = 'kept';
  let lines = 0;

  function readLine(line: string): void {
    lines += 1;
    if (state === 'cells') {
      if (line.startsWith('    {') && line.length > 5) {
        const position = `${file}:${lines}`;
        const text = line.endsWith(',') ? line.slice(0, -1) : line;
        cells.push(compactCell(parseCell(text, position), position));
        return;
      }
      // Not one line for each cell: then it is short enough to be read as a whole.
      state = 'kept';
      if (cells.length > 0 && LIST_END.test(line)) {
        kept.push(line);
        return;
      }
    }
    const key = TOP_LEVEL.exec(line)?.[1];
    if (key !== undefined) state = DROPPED.has(key) ? 'dropped' : 'kept';
    else if (line === '}') state = 'kept';
    if (line === CELLS) state = 'cells';
    if (state !== 'dropped') kept.push(line);
  }

  return {
    push(piece) {
      const end = piece.lastIndexOf(LINE_FEED) + 1;
      if (end === 0) {
        rest.push(Buffer.from(piece));
        return;
      }
      const whole = Buffer.concat([...rest, piece.subarray(0, end)]);
      rest = [Buffer.from(piece.subarray(end))];
      for (let at = 0; at < whole.length; ) {
        const next = whole.indexOf(LINE_FEED, at);
        readLine(whole.toString('utf8', at, next));
        at = next + 1;
      }
    },
    end() {
      const last = Buffer.concat(rest);
      if (last.length > 0) readLine(last.toString('utf8'));
      const report = parseReport(kept.join('\n'), file);
      return cells.length === 0 ? compactReport(report, file) : { ...report, cells };
    },
  };
}

function parseReport(text: string, file: string): SlimReport {
  // A list that was dropped leaves the comma of the value before it.
  const value = parseJson(text.replace(/,\n\}\s*$/, '\n}'), file);
  checkVersion(value, file);
  return check(slimReportSchema, value, file);
}

function parseCell(line: string, position: string): SlimCell {
  return check(slimCellSchema, parseJson(line, position), position);
}

const versioned = z.object({ version: z.unknown(), run: z.string() });

function checkVersion(value: unknown, file: string): void {
  const { success, data } = versioned.safeParse(value);
  if (!success) {
    throw new UsageError(`${file} is not a report of kmx`, {
      code: 'REPORT_GARBLED',
      remedy: "name a run's folder, or the report.json in it",
    });
  }
  if (READABLE_VERSIONS.some((version) => version === data.version)) return;
  const versions = READABLE_VERSIONS.join(' or ');
  throw new UsageError(
    `${file}: expected a report of version ${versions}, found version ${JSON.stringify(data.version)}`,
    { code: 'REPORT_VERSION', remedy: 'read it with the kmx that wrote it' },
  );
}

function parseJson(text: string, position: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${position}: expected JSON: ${(cause as Error).message}`, {
      code: 'REPORT_GARBLED',
      remedy: 'it must be as kmx wrote it',
      cause,
    });
  }
}

function check<T>(schema: z.ZodType<T>, value: unknown, position: string): T {
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  throw new UsageError(`${position}: not a report of kmx: ${z.prettifyError(checked.error)}`, {
    code: 'REPORT_GARBLED',
    remedy: 'it must be as kmx wrote it',
  });
}
