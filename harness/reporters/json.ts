import { join } from 'node:path';
import type { RunReport } from '../report/schema.ts';
import { jsonPieces } from './json-pieces.ts';
import { replaceFile } from './replace-file.ts';
import type { Reporter } from './reporter.ts';

/** report.json, in the form of docs/report.schema.json. */
export function createJsonReporter(folder: string): Reporter {
  return {
    onEnd: (report) => replaceFile(join(folder, 'report.json'), piecesOf(report)),
  };
}

function* piecesOf(report: RunReport): Generator<string> {
  yield* jsonPieces(report);
  yield '\n';
}
