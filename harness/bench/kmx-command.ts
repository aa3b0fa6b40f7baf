/** Runs kmx as a user does: the whole command. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { parse, stringify } from 'yaml';
import { InfraError } from '../errors.ts';
import { BOOTS } from '../events.ts';
import { reportSchema } from '../report/schema.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const KMX = join(ROOT, 'scripts/kmx');
/** The project's own matrix file, with its expectations beside it. */
export const PROJECT_MATRIX = join(ROOT, 'matrix.yaml');

export interface RunSetting {
  readonly environment?: Readonly<Record<string, string>>;
  /** Results of earlier runs may be reused. */
  readonly isCached?: boolean;
}

export interface TimedRun {
  readonly ms: number;
  readonly cells: number;
  readonly guests: number;
  /** Those that were not skipped; a cell's `boots` counts, as in every report. */
  readonly tests: number;
  /** Time spent in guests: from their start to a healthy agent, and in the tests themselves. */
  readonly guestMs: number;
}

/** A folder for what runs leave behind, removed on disposal. */
export interface BenchFolder extends AsyncDisposable {
  readonly path: string;
}

export async function makeBenchFolder(): Promise<BenchFolder> {
  const path = await mkdtemp(join(tmpdir(), 'kmx-bench-'));
  const remove = () => rm(path, { recursive: true });
  return { path, [Symbol.asyncDispose]: remove };
}

/**
 * Times `kmx run`. It runs all tests unless `isCached`. Throws an InfraError if it could not
 * measure every test; whether results are as expected does not matter here.
 */
export async function timeKmxRun(
  { path }: BenchFolder,
  matrix: string,
  options: readonly string[],
  { environment = {}, isCached = false }: RunSetting = {},
): Promise<TimedRun> {
  const out = await mkdtemp(join(path, 'run-'));
  const beginMs = performance.now();
  const words = ['--matrix', matrix, 'run', '--out', out, ...(isCached ? [] : ['--no-cache'])];
  const done = await execa(KMX, [...words, ...options], {
    cwd: ROOT,
    env: environment,
    reject: false,
    all: true,
    stdin: 'ignore',
  });
  const ms = performance.now() - beginMs;
  const report = await readReport(out).catch((cause: unknown) => {
    throw new InfraError('kmx run wrote no report', { code: 'BENCH', output: done.all, cause });
  });
  const tests = report.cells.flatMap((cell) => cell.tests);
  const missed = tests.find(({ verdict }) => verdict === 'miss');
  if (missed !== undefined) {
    const output = missed.detail?.message ?? '';
    throw new InfraError('kmx run did not measure every test', { code: 'BENCH', output });
  }
  return {
    ms,
    cells: report.cells.length,
    guests: report.cells.reduce((sum, cell) => sum + cell.guests.length, 0),
    tests: tests.filter(({ verdict }) => verdict !== 'skip').length,
    guestMs: sum([
      ...report.cells.flatMap(({ guests }) => guests.map(({ bootMs = 0 }) => bootMs)),
      ...tests.filter(({ file }) => file !== BOOTS.file).map(({ durationMs }) => durationMs),
    ]),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

async function readReport(out: string) {
  return reportSchema.parse(JSON.parse(await readFile(join(out, 'latest/report.json'), 'utf8')));
}

/** Writes a changed copy of the project's matrix file; returns its path. */
export async function writeBenchMatrix(
  { path }: BenchFolder,
  change: (matrix: MatrixDocument) => MatrixDocument,
): Promise<string> {
  const matrix = parse(await readFile(PROJECT_MATRIX, 'utf8')) as MatrixDocument;
  const file = join(path, 'matrix.yaml');
  await writeFile(file, stringify(change(matrix)));
  return file;
}

/** The keys that benchmarks change; kmx itself checks the file. */
export interface MatrixDocument {
  readonly kernels: Readonly<Record<string, object>>;
  readonly profiles: Readonly<Record<string, object>>;
}
