/** From what a user has named to the one result that is to be reproduced. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../errors.ts';
import type { TestId } from '../../events.ts';
import type { Expectation } from '../../expectations/expectation.ts';
import { looksLikeRange } from '../../expectations/release-range.ts';
import type { BuildPlace, Cell, QemuPlace } from '../../matrix/cell.ts';
import { DEFAULT_MATRIX } from '../../matrix/default-files.ts';
import type { Matrix } from '../../matrix/matrix.ts';
import { placeQemu } from '../../matrix/place-qemu.ts';
import { selectCells } from '../../matrix/select.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import type { RunReport } from '../../report/schema.ts';
import { type Original, originalsIn } from '../../reproduce/original.ts';
import { type LoadedExpectations, loadExpectations } from '../load-expectations.ts';
import { loadLockIfThere } from '../load-lock.ts';
import { loadMatrix } from '../load-matrix.ts';
import { askedOriginals, checkSignature } from './asked-originals.ts';
import { chooseOriginal } from './choose-original.ts';
import { expectedFailures } from './expected-failures.ts';
import { listTests } from './list-tests.ts';
import {
  checkWords,
  type FoundIn,
  knownNames,
  meantBy,
  ofNamedTest,
  originalsOf,
  wantedBy,
} from './meant-tests.ts';
import { readLatest, readRun } from './past-failures.ts';
import { statedReleases } from './stated-release.ts';

export interface FindOptions {
  readonly matrix: string;
  readonly out: string;
  readonly expectations?: string;
  /** What it must have been. */
  readonly signature?: string;
  /** Where all QEMUs run, where kernels are built, whether only what the lock names is used; absent: as in its run. */
  readonly qemu?: QemuPlace;
  readonly buildIn?: BuildPlace;
  readonly locked?: boolean;
}

/** What is to be run, and what it is compared with. */
export interface FoundOriginal {
  readonly matrix: Matrix;
  readonly cell: Cell;
  readonly original: Original;
  /** Other results that are the same: the named one is the first of all. */
  readonly others: readonly Original[];
  /** Where kernels are built; absent: on this host. */
  readonly buildIn?: BuildPlace;
  /** Only what the lock names is used. */
  readonly isLocked?: boolean;
}

/** Throws a UsageError if the reference leads to no failure, or to several that differ. */
export async function findOriginal(
  reference: FoundIn,
  options: FindOptions,
): Promise<FoundOriginal> {
  const { signature } = options;
  if (signature !== undefined) checkSignature(signature);
  const run = reference.kind === 'name' ? undefined : reference.run;
  if (run !== undefined) {
    const report = readRun(options.out, run);
    const originals = originalsOf(report, reference, signature);
    return foundIn(report, originals, nothingInRun(report, signature), options);
  }
  const matrix = loadMatrix(options.matrix);
  const known = loadExpectations(matrix, options.expectations);
  const named = namedExpectation(reference, known);
  // What nothing names otherwise is looked for in the last run first: that knows what it was made from.
  const latest = readLatest(options.out);
  const past =
    named !== undefined || latest === undefined ? [] : originalsOf(latest, reference, signature);
  if (past.length > 0 && latest !== undefined) return foundIn(latest, past, [], options);
  if (named === undefined && reference.kind !== 'place') {
    checkWords(reference, matrix, known);
  }
  const expected = await expectedOf({ matrix, known, named, reference, latest, signature });
  const hints = [
    ...otherSignature(named, signature),
    ...unknownReleases(named),
    ...knownNames(known),
  ];
  return found(matrix, ofNamedTest(expected, reference), hints, options);
}

/** As the run was started, unless something else is asked for. */
function foundIn(
  report: RunReport,
  originals: readonly Original[],
  hints: readonly string[],
  options: FindOptions,
): FoundOriginal {
  const { qemu = report.qemu, buildIn = report.buildIn } = options;
  const { locked = report.lock?.isEnforced } = options;
  const matrix = loadMatrix(matrixOf(report, options));
  const started = omitUndefined({ ...options, qemu, buildIn, locked });
  return found(matrix, originals, hints, started);
}

function found(
  matrix: Matrix,
  originals: readonly Original[],
  hints: readonly string[],
  { qemu, buildIn, locked }: Pick<FindOptions, 'qemu' | 'buildIn' | 'locked'>,
): FoundOriginal {
  const { original, others } = chooseOriginal(originals, hints);
  const placed = placeQemu(matrix, qemu);
  const cell = selectCells(placed, { profile: 'all' }).cells.find(({ id }) => id === original.cell);
  if (cell !== undefined) {
    const settings = omitUndefined({ buildIn, isLocked: locked });
    return { matrix: placed, cell, original, others, ...settings };
  }
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
  readonly latest: RunReport | undefined;
  /** What it must have been, whether anything is expected or not. */
  readonly signature: string | undefined;
}

async function expectedOf(at: ExpectedIn): Promise<readonly Original[]> {
  const { matrix, known, named, reference, latest: report, signature } = at;
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
  const lock = loadLockIfThere(matrix.file)?.lock;
  const releaseOf = statedReleases({ matrix, lock, report });
  const places = { file, expectations, cells, testsOf, releaseOf };
  const expected = await expectedFailures(places, isWanted);
  if (signature === undefined) return expected;
  const same = expected.filter(({ signatures }) => signatures.includes(signature));
  if (same.length > 0 || named !== undefined) {
    return same.map((one) => ({ ...one, signatures: [signature] }));
  }
  return await askedOriginals({ cells, testsOf }, signature, meantBy(reference, all));
}

/** Why an expectation is not what was asked for. */
function otherSignature(
  named: Expectation | undefined,
  signature: string | undefined,
): readonly string[] {
  const { name, signatures = [] } = named ?? {};
  if (name === undefined || signature === undefined || signatures.includes(signature)) return [];
  return [`${name} has ${signatures.join(' or ') || 'no signature'}, not ${signature}`];
}

/** Why an expectation may be about no cell yet. */
function unknownReleases(named: Expectation | undefined): readonly string[] {
  if (named?.where.kernel?.every(looksLikeRange) !== true) return [];
  return [
    `no kernel of the matrix is known to be ${named.where.kernel.join(' or ')}: a lock (kmx kernels lock) or a run says which release a kernel is`,
  ];
}

function nothingInRun(report: RunReport, signature: string | undefined): readonly string[] {
  const failed = originalsIn(report).length;
  if (failed > 0 && originalsIn(report, signature).length === 0) {
    return [`nothing failed as ${signature} in the run ${report.run}: kmx show lists what did`];
  }
  return [
    failed === 0
      ? `nothing failed in the run ${report.run}`
      : `the run ${report.run} has ${failed} failures: kmx show lists them`,
  ];
}
