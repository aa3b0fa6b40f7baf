import type { Matrix } from '../matrix/matrix.ts';
import { parseMatrix } from '../matrix/parse.ts';
import { loadChecked } from './load-checked.ts';

/** Reads a matrix file; a UsageError with every fault of it if it has any. */
export function loadMatrix(file: string): Matrix {
  const remedy = 'name it with --matrix FILE, or go to the folder that has a matrix.yaml';
  const kind = { file, what: 'the matrix file', code: 'MATRIX', remedy };
  return loadChecked(kind, (text) => parseMatrix(text, { file })).matrix;
}
