/** `kmx bisect kernels`: since which version a test fails. */
import { join, resolve } from 'node:path';
import type { AskedVersions } from '../../bisect/search-state.ts';
import { rowBetween, type VersionRow } from '../../bisect/version-row.ts';
import { cacheRoot } from '../../cache/cache-root.ts';
import { useCache } from '../../cache/inventory.ts';
import { UsageError } from '../../errors.ts';
import type { BuildPlace } from '../../matrix/cell.ts';
import type { Flavour } from '../../matrix/matrix.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { count } from '../../phrases.ts';
import { boundCache, readCacheMax } from '../bound-cache.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { loadMatrix } from '../load-matrix.ts';
import { lookForQemu } from '../look-for-qemu.ts';
import type { QuietHost } from '../run-quietly.ts';
import { shownFolder } from '../shown-folder.ts';
import { createRunId } from '../wanted-run.ts';
import { askedRepeats, isAnyFailureBad, refuseWithResume, wantedFailure } from './asked-options.ts';
import { asRowError, type Candidate, listCandidates } from './candidates.ts';
import { digestPlace } from './digest-place.ts';
import { Journal } from './journal.ts';
import { createMeasurer } from './measure.ts';
import { findPlace } from './measured-cell.ts';
import { searchVersions } from './search-versions.ts';
import { describeFound, reportBoth } from './tell-versions.ts';
import { untilInterrupted } from './until-interrupted.ts';
import { openVersionLog } from './version-log.ts';

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
  /** Where kernels are built; absent: on this host. */
  readonly buildIn?: BuildPlace;
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

export async function bisectKernels(options: BisectKernelsOptions): Promise<number> {
  const { buildIn } = options;
  const root = cacheRoot(process.env);
  const cacheMax = readCacheMax(process.env);
  const folder = resolve(options.resume ?? join(options.out, `bisect-${createRunId()}`));
  return await untilInterrupted(['bisect', 'kernels'], { folder, buildIn }, async (signal) => {
    const code = await bisect(options, folder, root, signal);
    await boundCache(root, cacheMax);
    return code;
  });
}

async function bisect(
  options: BisectKernelsOptions,
  folder: string,
  root: string,
  signal: AbortSignal,
): Promise<number> {
  await using held = new AsyncDisposableStack();
  const resumed =
    options.resume === undefined ? undefined : held.use(await Journal.resume(folder, 'versions'));
  if (resumed !== undefined) {
    const { good, bad, test, kernels, suite, flavour, signature, expect, passes, repeat } = options;
    const fixed = { good, bad, test, kernels, suite, flavour, signature, expect, passes, repeat };
    refuseWithResume(fixed);
  }
  const asked = resumed?.asked ?? askedOf(options);
  const matrix = loadMatrix(asked.matrix);
  const { mirror, offline } = options;
  const archive = { cacheRoot: root, ...omitUndefined({ mirror, offline }) };
  const candidates = await listCandidates({ ...asked, matrix, ...archive, report: print });
  const row = rowBetween(candidates, asked);
  if ('kind' in row) throw asRowError(row, candidates, asked);
  const [first] = row.kernels;
  if (first === undefined) throw new Error('Expected a row with two ends');
  const place = findPlace(matrix, asked.test, first.kernel);
  const inputs = await digestPlace(matrix, place, first.kernel, root);
  resumed?.checkInputs(inputs);
  held.use(await useCache(root));
  const begin = { kind: 'versions', asked, inputs } as const;
  const journal =
    resumed ??
    held.use(
      await Journal.begin<'versions'>(folder, {
        ...begin,
        ...omitUndefined({ signature: options.signature }),
      }),
    );
  journal.forgetUnclear();
  const host: QuietHost = {
    ...archive,
    ...{ findQemu: lookForQemu(process.env), hasTemplates: options.templates, signal },
  };
  const look = wantedFailure(asked, journal.signature);
  const measurer = createMeasurer({
    ...{ matrix, place, folder, host, isCacheRead: options.cache },
    rule: { passes: asked.passes, most: asked.repeat },
    ...omitUndefined({ wanted: look }),
  });
  const log = openVersionLog(journal, measurer);
  print(
    `${count(row.kernels.length, 'kernel')} from ${labelAt(row, 0)} to ${labelAt(row, -1)}; steps are kept in ${shownFolder(folder)}`,
  );
  const found = await searchVersions(row, { log, print });
  const links = await reportBoth(found, { matrix, place, folder, host });
  for (const line of ['', ...describeFound(found, log), ...links]) print(line);
  return EXIT_CODES.good;
}

function askedOf(options: BisectKernelsOptions): AskedVersions {
  const { good, bad, test, flavour = 'cloud', suite } = options;
  const expectFail = isAnyFailureBad(options);
  const kernels = options.kernels?.flatMap((names) => names.split(',')).filter(Boolean);
  const ends = { good: good ?? kernels?.[0], bad: bad ?? kernels?.at(-1) };
  if (ends.good === undefined || ends.bad === undefined || test === undefined) {
    throw new UsageError('bisect kernels: expected --good, --bad and --test', {
      code: 'BISECT_INCOMPLETE',
      remedy: 'such as --good 6.1 --bad 6.12 --test v1 unguarded ":CPU quota"',
    });
  }
  return {
    matrix: resolve(options.matrix),
    ...{ good: ends.good, bad: ends.bad, test, flavour, expectFail },
    ...askedRepeats(options),
    ...omitUndefined({ kernels, suite }),
  };
}

function labelAt({ kernels }: VersionRow<Candidate>, position: number): string {
  return kernels.at(position)?.label ?? '';
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
