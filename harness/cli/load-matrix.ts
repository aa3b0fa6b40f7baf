import { existsSync } from 'node:fs';
import type { Matrix } from '../matrix/matrix.ts';
import { parseMatrix } from '../matrix/parse.ts';
import { loadChecked } from './load-checked.ts';

/** Reads a matrix file. Throws a UsageError that lists all of its faults. */
export function loadMatrix(file: string): Matrix {
  const remedy = 'name it with --matrix FILE, or change to the folder with your matrix.yaml';
  const kind = { file, what: 'the matrix file', code: 'MATRIX', remedy };
  return loadChecked(kind, (text) => parseMatrix(text, { file })).matrix;
}

/** For commands that make do without a matrix. Throws a UsageError if there is one with faults. */
export function loadMatrixIfThere(file: string): Matrix | undefined {
  return existsSync(file) ? loadMatrix(file) : undefined;
}
