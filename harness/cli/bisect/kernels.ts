/** `kmx bisect kernels`: since which version a test fails. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { rowBetween, type VersionRow } from '../../bisect/version-row.ts';
import { type AskedVersions, emptyState } from '../../bisect/version-state.ts';
import { cacheRoot } from '../../cache/cache-root.ts';
import { useCache } from '../../cache/inventory.ts';
import { UsageError } from '../../errors.ts';
import type { Flavour, Matrix } from '../../matrix/matrix.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { count } from '../../phrases.ts';
import { digestInputs } from '../../prepare/input-digests.ts';
import { boundCache, readCacheMax } from '../bound-cache.ts';
import { commandLine } from '../command-line.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { loadMatrix } from '../load-matrix.ts';
import { lookForQemu } from '../look-for-qemu.ts';
import { lockRun } from '../past-run.ts';
import { guestBinaries, scenarioRoot } from '../project.ts';
import { shownFolder } from '../shown-folder.ts';
import { createRunId } from '../wanted-run.ts';
import { asRowError, type Candidate, listCandidates } from './candidates.ts';
import { createMeasurer } from './measure.ts';
import { findPlace, type MeasuredPlace, placeKernel } from './measured-cell.ts';
import type { QuietHost } from './run-quietly.ts';
import { searchVersions } from './search-versions.ts';
import { describeFound, reportBoth } from './tell-versions.ts';
import { checkInputs, openVersionLog, readVersionState } from './version-log.ts';

/** What every bisect takes. */
export interface BisectOptions {
  readonly matrix: string;
  readonly out: string;
  readonly signature?: string;
  readonly expect?: 'fail';
  readonly passes?: number;
  readonly repeat?: number;
  readonly templates: boolean;
  readonly cache: boolean;
  readonly mirror?: string;
  readonly offline?: boolean;
}

export interface BisectKernelsOptions extends BisectOptions {
  readonly good?: string;
  readonly bad?: string;
  readonly test?: readonly string[];
  readonly kernels?: readonly string[];
  readonly suite?: readonly string[];
  readonly flavour?: Flavour;
  /** The folder of a bisect that was interrupted. */
  readonly resume?: string;
}

const PASSES = 2;
const REPEAT = 5;

export async function bisectKernels(options: BisectKernelsOptions): Promise<number> {
  const root = cacheRoot(process.env);
  const cacheMax = readCacheMax(process.env);
  using interrupts = listenForInterrupts({
    first: 'kmx: stopping; what was measured is kept',
    second: 'kmx: ended at once',
  });
  const folder = resolve(options.resume ?? join(options.out, `bisect-${createRunId()}`));
  try {
    const code = await bisect(options, folder, root, interrupts.signal);
    await boundCache(root, cacheMax);
    return code;
  } catch (error) {
    if (!interrupts.signal.aborted) throw error;
    const resume = commandLine(['bisect', 'kernels', '--resume', shownFolder(folder)], process.env);
    process.stderr.write(`to go on: ${resume}\n`);
    return EXIT_CODES.interrupted;
  }
}

async function bisect(
  options: BisectKernelsOptions,
  folder: string,
  root: string,
  signal: AbortSignal,
): Promise<number> {
  const past = options.resume === undefined ? undefined : readVersionState(folder);
  if (past !== undefined) refuseOthers(options);
  const asked = past?.asked ?? askedOf(options);
  const matrix = loadMatrix(asked.matrix);
  const { mirror, offline } = options;
  const archive = { cacheRoot: root, ...omitUndefined({ mirror, offline }) };
  const candidates = await listCandidates({ ...asked, matrix, ...archive, report: print });
  const row = rowBetween(candidates, asked);
  if ('kind' in row) throw asRowError(row, candidates, asked);
  const [first] = row.kernels;
  if (first === undefined) throw new Error('Expected a row with two ends');
  const place = findPlace(matrix, asked.test, first.kernel);
  const inputs = await digestPlace(matrix, place, first);
  if (past !== undefined) checkInputs(past, inputs);
  await using held = new AsyncDisposableStack();
  held.use(await useCache(root));
  const host: QuietHost = {
    ...archive,
    ...{ findQemu: lookForQemu(process.env), hasTemplates: options.templates, signal },
  };
  const signature = past?.signature ?? options.signature;
  const measurer = createMeasurer({
    ...{ matrix, place, folder, host, isCacheRead: options.cache },
    rule: { passes: asked.passes, most: asked.repeat },
    ...(asked.expectFail ? { wanted: { kind: 'any' } } : {}),
    ...(signature === undefined ? {} : { wanted: { kind: 'signature', signature } }),
  });
  const begin = past ?? { ...emptyState({ asked, inputs }), ...omitUndefined({ signature }) };
  mkdirSync(folder, { recursive: true });
  held.use(await lockRun(folder));
  const log = openVersionLog(folder, begin, measurer);
  print(
    `${count(row.kernels.length, 'kernel')} from ${labelAt(row, 0)} to ${labelAt(row, -1)}; steps are kept in ${shownFolder(folder)}`,
  );
  const found = await searchVersions(row, { log, print });
  const links = await reportBoth(found, { matrix, place, folder, host });
  for (const line of ['', ...describeFound(found, log), ...links]) print(line);
  return EXIT_CODES.good;
}

function askedOf(options: BisectKernelsOptions): AskedVersions {
  const { good, bad, test, flavour = 'cloud', expect, suite, signature } = options;
  if (expect !== undefined && signature !== undefined) {
    throw new UsageError('--expect fail accepts any failure, and --signature one', {
      code: 'BISECT_WANTS_BOTH',
      remedy: 'leave out one of them',
    });
  }
  const kernels = options.kernels?.flatMap((names) => names.split(',')).filter(Boolean);
  const ends = { good: good ?? kernels?.[0], bad: bad ?? kernels?.at(-1) };
  if (ends.good === undefined || ends.bad === undefined || test === undefined) {
    throw new UsageError('bisect kernels: expected --good, --bad and --test', {
      code: 'BISECT_INCOMPLETE',
      remedy: 'such as --good 6.1 --bad 6.12 --test v1 unguarded ":CPU quota"',
    });
  }
  const passes = options.passes ?? PASSES;
  return {
    matrix: resolve(options.matrix),
    ...{ good: ends.good, bad: ends.bad, test, flavour, passes },
    repeat: Math.max(options.repeat ?? REPEAT, passes),
    expectFail: expect === 'fail',
    ...omitUndefined({ kernels, suite }),
  };
}

/** A resumed bisect is the same one: what outcomes depend on cannot change. */
function refuseOthers(options: BisectKernelsOptions): void {
  const { good, bad, test, kernels, suite, flavour, signature, expect, passes, repeat } = options;
  const given = Object.entries({
    ...{ good, bad, test, kernels, suite, flavour, signature, expect, passes, repeat },
  }).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`]));
  if (given.length === 0) return;
  throw new UsageError(
    `--resume continues a bisect as it began: ${given.join(' and ')} cannot change it`,
    {
      code: 'RESUME_CONFLICT',
      remedy: `leave out ${given.join(' and ')}, or begin a new one`,
    },
  );
}

/** What outcomes depend on apart from the kernel. */
async function digestPlace(
  base: Matrix,
  place: MeasuredPlace,
  { kernel }: Candidate,
): Promise<Record<string, string>> {
  const { matrix, cell } = placeKernel(base, kernel, place);
  const plan = { profile: 'all', cells: [cell] };
  return await digestInputs({
    ...{ matrix, plan, kernels: new Map(), binaries: guestBinaries, scenarioRoot },
    cacheRoot: cacheRoot(process.env),
  });
}

function labelAt({ kernels }: VersionRow<Candidate>, position: number): string {
  return kernels.at(position)?.label ?? '';
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
