/** From what a user has named to the one result that is to be reproduced. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../errors.ts';
import type { TestId } from '../../events.ts';
import type { Expectation } from '../../expectations/expectation.ts';
import type { Cell } from '../../matrix/cell.ts';
import { DEFAULT_MATRIX } from '../../matrix/default-files.ts';
import type { Matrix } from '../../matrix/matrix.ts';
import { selectCells } from '../../matrix/select.ts';
import type { RunReport } from '../../report/schema.ts';
import { type Original, originalsIn } from '../../reproduce/original.ts';
import { type LoadedExpectations, loadExpectations } from '../load-expectations.ts';
import { loadMatrix } from '../load-matrix.ts';
import { chooseOriginal } from './choose-original.ts';
import { expectedFailures } from './expected-failures.ts';
import { listTests } from './list-tests.ts';
import { checkWords, type FoundIn, knownNames, originalsOf, wantedBy } from './meant-tests.ts';
import { readLatest, readRun } from './past-failures.ts';

export interface FindOptions {
  readonly matrix: string;
  readonly out: string;
  readonly expectations?: string;
}

/** What is to be run, and what it is compared with. */
export interface FoundOriginal {
  readonly matrix: Matrix;
  readonly cell: Cell;
  readonly original: Original;
  /** Other results that are the same: the named one is the first of all. */
  readonly others: readonly Original[];
}

/** Throws a UsageError if the reference leads to no failure, or to several that differ. */
export async function findOriginal(
  reference: FoundIn,
  options: FindOptions,
): Promise<FoundOriginal> {
  const run = reference.kind === 'name' ? undefined : reference.run;
  if (run !== undefined) {
    const report = readRun(options.out, run);
    const matrix = loadMatrix(matrixOf(report, options));
    return found(matrix, originalsOf(report, reference), nothingInRun(report));
  }
  const matrix = loadMatrix(options.matrix);
  const known = loadExpectations(matrix, options.expectations);
  const named = namedExpectation(reference, known);
  // What nothing names otherwise is looked for in the last run first: that knows what it was made from.
  const latest = named === undefined ? readLatest(options.out) : undefined;
  const past = latest === undefined ? [] : originalsOf(latest, reference);
  if (past.length > 0 && latest !== undefined) {
    return found(loadMatrix(matrixOf(latest, options)), past, []);
  }
  if (named === undefined && reference.kind !== 'place') {
    checkWords(reference, matrix, known);
  }
  const expected = await expectedOf({ matrix, known, named, reference });
  return found(matrix, expected, knownNames(known));
}

function found(
  matrix: Matrix,
  originals: readonly Original[],
  hints: readonly string[],
): FoundOriginal {
  const { original, others } = chooseOriginal(originals, hints);
  const cell = selectCells(matrix, { profile: 'all' }).cells.find(({ id }) => id === original.cell);
  if (cell !== undefined) return { matrix, cell, original, others };
  throw new UsageError(`the matrix ${matrix.file} has no cell ${original.cell}`, {
    code: 'CELL_UNKNOWN',
    remedy: 'name the matrix file that the run was started with: --matrix FILE',
  });
}

/** The file that the run was started with, unless another one is asked for. */
function matrixOf({ matrix }: RunReport, options: FindOptions): string {
  const isAsked = join(options.matrix) !== DEFAULT_MATRIX;
  return isAsked || !existsSync(matrix) ? options.matrix : matrix;
}

function namedExpectation(
  reference: FoundIn,
  { expectations }: LoadedExpectations,
): Expectation | undefined {
  if (reference.kind !== 'name') return undefined;
  return expectations.find(({ name }) => name === reference.name);
}

interface ExpectedIn {
  readonly matrix: Matrix;
  readonly known: LoadedExpectations;
  readonly named: Expectation | undefined;
  readonly reference: FoundIn;
}

async function expectedOf(at: ExpectedIn): Promise<readonly Original[]> {
  const { matrix, known, named, reference } = at;
  const { file = '', expectations } = known;
  const all = selectCells(matrix, { profile: 'all' }).cells;
  const quick = selectCells(matrix).cells.map(({ id }) => id);
  // What a plain run boots is at hand; the rest may have to be fetched first.
  const cells = [
    ...all.filter(({ id }) => quick.includes(id)),
    ...all.filter(({ id }) => !quick.includes(id)),
  ];
  const isWanted = wantedBy(reference, named, all);
  const lists = new Map<string, Promise<readonly TestId[]>>();
  const testsOf = (cell: Cell): Promise<readonly TestId[]> => {
    const key = JSON.stringify(cell.scenarios ?? []);
    const list = lists.get(key) ?? listTests(cell);
    lists.set(key, list);
    return list;
  };
  return await expectedFailures({ file, expectations, cells, testsOf }, isWanted);
}

function nothingInRun(report: RunReport): readonly string[] {
  const failed = originalsIn(report).length;
  return [
    failed === 0
      ? `nothing failed in the run ${report.run}`
      : `the run ${report.run} has ${failed} failures: kmx show lists them`,
  ];
}
