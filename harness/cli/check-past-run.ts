/** The log of a run that is to be resumed is input like any other: what it says is compared. */
import { statSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { UsageError } from '../errors.ts';
import type { RunEvent } from '../events.ts';
import type { Matrix, Plan } from '../matrix/matrix.ts';
import { selectCells } from '../matrix/select.ts';
import { toLine } from '../text.ts';
import type { RunBegin } from './run-log.ts';

/** Far larger than anybody's matrix. */
const MATRIX_BYTES_MAX = 16 * 1024 * 1024;
/** As `createRunId` makes them. */
const RUN_ID = /^[\w-]{1,64}$/;

/** Throws a UsageError unless the path in a log is that of a file that may be a matrix. */
export function checkMatrixPath({ matrix }: RunBegin): void {
  const file = statSync(matrix, { throwIfNoEntry: false });
  const path = toLine(matrix);
  if (file === undefined) {
    throw notResumed(
      `its matrix file ${path} does not exist`,
      'resume it from the folder that it was started in',
    );
  }
  if (file.isFile() && file.size <= MATRIX_BYTES_MAX) return;
  throw notResumed(
    `expected its matrix file ${path} to be a regular file of at most ${MATRIX_BYTES_MAX} bytes`,
  );
}

/**
 * The plan of a run that was cut off. Throws a UsageError if its cells are not cells of the matrix, as
 * they are there, or if its events are about other cells: ids become names of folders.
 */
export function checkPastRun(
  { run, profile, cells }: RunBegin,
  events: readonly RunEvent[],
  matrix: Matrix,
): Plan {
  if (!RUN_ID.test(run)) throw notResumed(`${quote(run)} is no run id`);
  const known = new Map(selectCells(matrix, { profile }).cells.map((cell) => [cell.id, cell]));
  const ids = new Set(cells.map(({ id }) => id));
  for (const cell of cells) {
    if (isDeepStrictEqual(cell, known.get(cell.id))) continue;
    const what = known.has(cell.id) ? 'differs from the cell of that id' : 'is not a cell';
    throw notResumed(`${quote(cell.id)} ${what} in profile ${quote(profile)} of ${matrix.file}`);
  }
  if (ids.size < cells.length) throw notResumed('it has a cell twice');
  events.forEach((event, index) => {
    const line = index + 1;
    if ('cell' in event && !ids.has(event.cell)) {
      throw notResumed(`line ${line} is about ${quote(event.cell)}, which is not one of its cells`);
    }
    if (event.type === 'run-begin' && index > 0) {
      throw notResumed(`line ${line} begins another run`);
    }
  });
  return { profile, cells };
}

function quote(text: string): string {
  return `'${toLine(text)}'`;
}

function notResumed(why: string, remedy = 'start a new run'): UsageError {
  return new UsageError(`the run cannot be resumed: ${why}`, { code: 'RESUME_FOREIGN', remedy });
}
