import { readFileSync } from 'node:fs';
import { UsageError } from '../errors.ts';
import type { Matrix } from '../matrix/matrix.ts';
import { parseMatrix } from '../matrix/parse.ts';
import { renderProblems } from '../matrix/render-problems.ts';

/** Reads a matrix file; a UsageError with every fault of it if it has any. */
export function loadMatrix(file: string): Matrix {
  const text = read(file);
  const parsed = parseMatrix(text, { file });
  if (parsed.isValid) return parsed.matrix;
  const { problems } = parsed;
  const count = problems.length === 1 ? 'a fault' : `${problems.length} faults`;
  throw new UsageError(`${file} has ${count}; nothing was booted`, {
    code: 'MATRIX_FAULTS',
    output: renderProblems(text, problems, { file }),
  });
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read the matrix file ${file}: ${(error as Error).message}`, {
      code: 'MATRIX_UNREADABLE',
      remedy: 'name it with --matrix FILE, or go to the folder that has a matrix.yaml',
      cause: error,
    });
  }
}
