import { existsSync } from 'node:fs';
import type { Expectation } from '../expectations/expectation.ts';
import { type ParseOptions, parseExpectations } from '../expectations/parse.ts';
import { expectationsBeside } from '../matrix/default-files.ts';
import type { Matrix } from '../matrix/matrix.ts';
import { loadChecked } from './load-checked.ts';
import { listScenarios } from './project.ts';

/** Known failures and the file they come from; without a file there are none. */
export interface LoadedExpectations {
  readonly file?: string;
  /** The file's text; empty if there is none. */
  readonly text: string;
  readonly expectations: readonly Expectation[];
}

/**
 * Reads the file that was asked for, or the one beside the matrix if there is one. Throws a
 * UsageError that lists all of its faults.
 */
export function loadExpectations(
  matrix: Matrix,
  asked: string | undefined,
  options?: ParseOptions,
): LoadedExpectations {
  const file = asked ?? expectationsBeside(matrix.file);
  if (asked === undefined && !existsSync(file)) return { text: '', expectations: [] };
  const remedy = 'name the file with --expectations FILE';
  const kind = { file, what: 'the expectations', code: 'EXPECTATIONS', remedy };
  const { text, expectations } = loadChecked(kind, (content) =>
    parseExpectations(content, matrix, listScenarios(), options),
  );
  return { file, text, expectations };
}
