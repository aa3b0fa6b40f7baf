import { existsSync } from 'node:fs';
import type { KnownFailures } from '../classify/match-expectations.ts';
import { UsageError } from '../errors.ts';
import { parseExpectationsAlone } from '../expectations/parse.ts';
import { expectationsBeside } from '../matrix/default-files.ts';
import { loadChecked } from './load-checked.ts';

/** What a log's crashes are looked up in. */
export interface LoadedFailures {
  readonly known?: KnownFailures;
  /** The file beside the matrix has faults: nothing is looked up, which the user must know. */
  readonly fault?: UsageError;
}

/**
 * Reads the file that was asked for, or the one beside the matrix file if there is one; the matrix itself
 * need not be there. Throws a UsageError if the file that was asked for has faults.
 */
export function loadKnownFailures(matrixFile: string, asked: string | undefined): LoadedFailures {
  const file = asked ?? expectationsBeside(matrixFile);
  if (asked === undefined && !existsSync(file)) return {};
  const remedy = 'name the file with --expectations FILE';
  try {
    const kind = { file, what: 'the expectations', code: 'EXPECTATIONS', remedy };
    const { expectations } = loadChecked(kind, parseExpectationsAlone);
    return { known: { file, expectations } };
  } catch (error) {
    if (asked !== undefined || !(error instanceof UsageError)) throw error;
    return { fault: error };
  }
}
