/** How every search over configurations begins: with its folder, place, sources and measurer. */
import { mkdir } from 'node:fs/promises';
import { availableParallelism, freemem } from 'node:os';
import { join, resolve } from 'node:path';
import type { AskedConfigs, ConfigSearchKind } from '../../bisect/search-state.ts';
import { cacheRoot } from '../../cache/cache-root.ts';
import { useCache } from '../../cache/inventory.ts';
import { asStorageError } from '../../cache/storage-error.ts';
import type { BuildPlace } from '../../matrix/cell.ts';
import type { Matrix } from '../../matrix/matrix.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { openFetchDisplay } from '../fetch-display.ts';
import { loadMatrix } from '../load-matrix.ts';
import { lookForQemu } from '../look-for-qemu.ts';
import type { QuietHost } from '../run-quietly.ts';
import { wantedFailure } from './asked-options.ts';
import { BuildAhead, defaultBuilds } from './build-ahead.ts';
import { findEnd, findTree, type NamedEnd } from './config-ends.ts';
import { configOfKernel } from './config-of-kernel.ts';
import { digestPlace } from './digest-place.ts';
import { Journal } from './journal.ts';
import { createMeasurer, type Measurer } from './measure.ts';
import { findPlace, type MeasuredPlace } from './measured-cell.ts';
import { openSourceBench, type SourceBench } from './source-bench.ts';
import { StepDisplay } from './step-display.ts';

/** Options that every search over configurations takes. */
export interface SearchOptions {
  readonly matrix: string;
  readonly out: string;
  readonly templates: boolean;
  readonly cache: boolean;
  readonly mirror?: string;
  readonly offline?: boolean;
  /** Where kernels are built; absent: on this host. */
  readonly buildIn?: BuildPlace;
  /** How many kernels are built at once; absent: as CPUs and memory allow. */
  readonly jobs?: number;
  /** The folder of a search that was interrupted. */
  readonly resume?: string;
}

export interface WantedSearch {
  readonly kind: ConfigSearchKind;
  readonly folder: string;
  /** Absent: as the search that is resumed. */
  readonly asked?: AskedConfigs;
  /** Of the one failure that counts; absent: that of the first kernel that fails. */
  readonly signature?: string;
  readonly options: SearchOptions;
  readonly signal: AbortSignal;
  readonly held: AsyncDisposableStack;
}

export interface OpenedSearch {
  readonly asked: AskedConfigs;
  readonly matrix: Matrix;
  readonly place: MeasuredPlace;
  readonly from: NamedEnd;
  readonly to: NamedEnd;
  readonly bench: SourceBench;
  readonly journal: Journal<ConfigSearchKind>;
  readonly measurer: Measurer;
  /** Absent: one kernel is built at a time. */
  readonly builds?: BuildAhead;
  readonly host: QuietHost;
}

/** The base that `kmx minimize` begins with, in the place of a kernel's name. */
export const MINIMAL = 'minimal';

/** Throws a UsageError for what the user got wrong, an InfraError for what the host lacks. */
export async function openSearch(wanted: WantedSearch): Promise<OpenedSearch> {
  const { kind, folder, options, signal, held } = wanted;
  const resumed =
    wanted.asked === undefined
      ? held.use(await Journal.resume<ConfigSearchKind>(folder, kind))
      : undefined;
  const asked = resumed?.asked ?? wanted.asked;
  if (asked === undefined) throw new Error('Expected a search that was resumed to know what it is');
  const whole = loadMatrix(asked.matrix);
  const matrix = withoutRequests(whole);
  const to = findEnd(asked.to, whole);
  const from = kind === 'minimize' ? minimalEnd() : findEnd(asked.from, whole);
  const tree = findTree(asked.tree, [from, to], whole);
  const root = cacheRoot(process.env);
  held.use(await useCache(root));
  const { mirror, offline } = options;
  const archive = { cacheRoot: root, ...omitUndefined({ mirror, offline }) };
  const fetches = held.use(
    new StepDisplay(async () => await openFetchDisplay(process.stderr, process.env)),
  );
  const configs = await makeFolder(join(folder, 'configs'));
  const bench = await openSourceBench(tree, folder, {
    ...{ ...archive, signal },
    onProgress: (progress) => fetches.onProgress({ ...progress, kernel: 'search' }),
    configOf: (name) =>
      configOfKernel(name, whole, configs, {
        ...{ ...archive, signal, onProgress: fetches.onProgress },
      }),
  });
  const place = findPlace(matrix, asked.test, {
    ...{ name: 'end', source: { kind: 'source', tree, base: to.base, request: to.request } },
  });
  const inputs = { sources: bench.digest, ...(await digestOthers(matrix, place, root)) };
  resumed?.checkInputs(inputs);
  const journal =
    resumed ??
    held.use(
      await Journal.begin<ConfigSearchKind>(folder, {
        kind,
        asked,
        inputs,
        ...omitUndefined({ signature: wanted.signature }),
      }),
    );
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
  const jobs =
    options.jobs ?? defaultBuilds({ cpus: availableParallelism(), freeBytes: freemem() });
  const builds =
    jobs > 1 ? { builds: held.use(new BuildAhead(bench.builderOf(jobs), jobs)) } : undefined;
  return { asked, matrix, place, from, to, bench, journal, measurer, host, ...builds };
}

function minimalEnd(): NamedEnd {
  return {
    label: MINIMAL,
    base: { kind: 'minimal' },
    request: { fragments: [], symbols: {} },
  };
}

/** The configuration of each step is complete: a config of the matrix must not ask for anything more. */
function withoutRequests(matrix: Matrix): Matrix {
  const configs = [...matrix.configs].map(
    ([name, { kconfig: _, ...config }]) => [name, config] as const,
  );
  return { ...matrix, configs: new Map(configs) };
}

async function makeFolder(folder: string): Promise<string> {
  try {
    await mkdir(folder, { recursive: true });
    return folder;
  } catch (error) {
    throw asStorageError(error, folder);
  }
}

/** Digests of what outcomes depend on, the kernel and its sources apart. */
async function digestOthers(
  base: Matrix,
  place: MeasuredPlace,
  root: string,
): Promise<Readonly<Record<string, string>>> {
  const kernel = { name: 'end', source: { kind: 'path', image: '/' } } as const;
  // Kernels and configurations are known by their own digests.
  const { [base.file]: _, ...others } = await digestPlace(base, place, kernel, root);
  return others;
}

/** The folder of a search that is resumed, or of a new one. */
export function searchFolder({ resume, out }: SearchOptions, name: string): string {
  return resolve(resume ?? join(out, name));
}
