/** `kmx kernels list`: kernels of the matrix, what their suites offer, what the cache has. */
import { cacheRoot } from '../../cache/cache-root.ts';
import { type CacheItem, listCache } from '../../cache/inventory.ts';
import {
  chooseKernels,
  type KernelChoice,
  listOffered,
  type OfferedKernel,
  type SuiteKernels,
} from '../../kernels/debian/choose-kernel.ts';
import { entryKey } from '../../kernels/debian/debian-kernel.ts';
import { vouchedKernels } from '../../kernels/debian/vouch.ts';
import type { DebianSource, Matrix } from '../../matrix/matrix.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { renderTable } from '../../reporters/table.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { formatBytes } from '../format-bytes.ts';
import { loadMatrix } from '../load-matrix.ts';
import { describeSource } from './describe-source.ts';
import { isDebian, type ListedSuite, listSuites, suitesOf } from './list-suites.ts';

export interface KernelListOptions {
  readonly matrix: string;
  readonly suite?: readonly string[];
  readonly mirror?: string;
  readonly offline?: boolean;
  readonly json?: boolean;
}

/** Prints what there is to boot: by name in the matrix, by suite, and what is left in the cache. */
export async function listKernels(options: KernelListOptions): Promise<number> {
  const matrix = loadMatrix(options.matrix);
  const { mirror, offline } = options;
  const root = cacheRoot(process.env);
  const [suites, items] = await Promise.all([
    listSuites(options.suite ?? suitesOf(matrix), {
      cacheRoot: root,
      ...omitUndefined({ mirror, offline }),
    }),
    listCache(root, ['kernels']),
  ]);
  const list = describeKernels(matrix, suites, items);
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ cache: root, ...list }, undefined, 2)}\n`);
  } else {
    process.stdout.write(`${renderList(list, root).join('\n')}\n`);
  }
  return EXIT_CODES.good;
}

export interface KernelList {
  readonly kernels: readonly {
    readonly name: string;
    readonly source: string;
    /** The package that a run would use now; absent if there is none, or it is not from Debian. */
    readonly package?: string;
    readonly version?: string;
    /** On the disk; absent if it is not in the cache. */
    readonly bytes?: number;
  }[];
  readonly suites: readonly {
    readonly suite: string;
    readonly kernels?: readonly OfferedItem[];
    readonly missing?: string;
  }[];
  /** Entries of the cache that no kernel of the matrix would use now. */
  readonly unused: readonly { readonly entry: string; readonly bytes: number }[];
}

interface OfferedItem {
  readonly package: string;
  readonly version: string;
  readonly series: string;
  readonly flavour: string;
  readonly usedBy: readonly string[];
  readonly bytes?: number;
}

/** @param items The kernels in the cache. */
export function describeKernels(
  matrix: Pick<Matrix, 'kernels'>,
  listed: readonly ListedSuite[],
  items: readonly CacheItem[],
): KernelList {
  const suites = listed.filter((one): one is SuiteKernels => !('missing' in one));
  const bytesOf = (choice: KernelChoice): number | undefined =>
    items.find(({ name }) => `kernels/${name}` === entryKey(choice))?.bytes;
  const used = new Map<string, string[]>();
  const kernels = [...matrix.kernels].map(([name, source]) => {
    const choice = isDebian(source) ? chosenOf(source, suites) : undefined;
    const described = { name, source: describeSource(source) };
    if (choice === undefined) return described;
    used.set(entryKey(choice), [...(used.get(entryKey(choice)) ?? []), name]);
    const { name: packageName, version } = choice;
    return {
      ...described,
      ...omitUndefined({ package: packageName, version, bytes: bytesOf(choice) }),
    };
  });
  const itemOf = (offered: OfferedKernel): OfferedItem => ({
    package: offered.name,
    ...{ version: offered.version, series: offered.series, flavour: offered.flavour },
    usedBy: used.get(entryKey(offered)) ?? [],
    ...omitUndefined({ bytes: bytesOf(offered) }),
  });
  return {
    kernels,
    suites: listed.map((one) =>
      'missing' in one ? one : { suite: one.suite, kernels: listOffered([one]).map(itemOf) },
    ),
    unused: items
      .filter(({ name }) => !used.has(`kernels/${name}`))
      .map(({ name, bytes }) => ({ entry: name, bytes })),
  };
}

function chosenOf(source: DebianSource, suites: readonly SuiteKernels[]): KernelChoice | undefined {
  const own = source.suites.flatMap((name) => suites.filter(({ suite }) => suite === name));
  return vouchedKernels(source, chooseKernels(source, own))[0];
}

function renderList({ kernels, suites, unused }: KernelList, root: string): readonly string[] {
  const used = kernels.map(({ name, source, version = '', bytes }) => [
    `  ${name}`,
    source,
    version,
    cached(bytes),
  ]);
  const offered = suites.flatMap(({ suite, kernels: offers, missing }) => [
    '',
    `${suite}${missing === undefined ? '' : `: ${missing}`}`,
    ...renderTable(
      (offers ?? []).map(({ flavour, version, package: name, usedBy, bytes }) => [
        `  ${version}`,
        flavour,
        name,
        cached(bytes),
        usedBy.join(', '),
      ]),
    ),
  ]);
  const left = unused.map(({ entry, bytes }) => [`  ${entry}`, formatBytes(bytes)]);
  return [
    'kernels of the matrix',
    ...renderTable(used),
    ...offered,
    ...(left.length === 0 ? [] : ['', `in ${root}, used by none of them`, ...renderTable(left)]),
  ];
}

function cached(bytes: number | undefined): string {
  return bytes === undefined ? '' : `cached, ${formatBytes(bytes)}`;
}
