import type { RunReport } from '../report/schema.ts';
import { FORMATS, type ReportFormat } from './format.ts';
import { jsonPieces } from './json-pieces.ts';

/** In the form of docs/report.schema.json. */
export const jsonFormat: ReportFormat = {
  name: 'json',
  ...FORMATS.json,
  pieces: piecesOf,
};

function* piecesOf(report: RunReport): Generator<string> {
  yield* jsonPieces(report);
  yield '\n';
}
