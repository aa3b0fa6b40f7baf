import { deepStrictEqual } from 'node:assert';
import type { CompactReport } from '../../compare/compact-report.ts';
import { createReportReader } from '../../compare/report-reader.ts';
import { UsageError } from '../../errors.ts';
import { createReportFold } from '../../report/fold-report.ts';
import { createSampleRun } from '../../report/testing/sample-run.ts';
import { cutInPieces, type FuzzTarget } from '../fuzz-target.ts';

/** However a report is split, what is compared of it is the same, or a UsageError is thrown. */
export const report: FuzzTarget = {
  name: 'report',
  seeds() {
    const whole = createReportFold(createSampleRun().slice(0, 40)).report();
    const { cells, ...rest } = whole;
    // As a long report has them: a line for each cell.
    const lines = cells.slice(0, 2).map((cell) => `    ${JSON.stringify(cell)}`);
    const head = JSON.stringify({ ...rest, crashes: [], failures: [] }, undefined, 2).slice(0, -2);
    const long = `${head},\n  "cells": [\n${lines.join(',\n')}\n  ]\n}\n`;
    return [long, JSON.stringify({ ...rest, cells: cells.slice(0, 1) })].map((text) =>
      Buffer.from(text),
    );
  },
  run(input) {
    deepStrictEqual(read(cutInPieces(input)), read([input]));
  },
};

function read(pieces: Iterable<Uint8Array>): CompactReport | string {
  const reader = createReportReader('report.json');
  try {
    for (const piece of pieces) reader.push(piece);
    return reader.end();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return error.message;
  }
}
