/** What `kmx kernels list` tells, for people and other programs. */
import type { CacheItem } from '../../cache/inventory.ts';
import {
  chooseKernels,
  type KernelChoice,
  listOffered,
  type SuiteKernels,
} from '../../kernels/debian/choose-kernel.ts';
import { entryKey } from '../../kernels/debian/debian-kernel.ts';
import { vouchedKernels } from '../../kernels/debian/vouch.ts';
import type { DebianSource } from '../../matrix/matrix.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { toLine } from '../../text.ts';
import { splitLists } from '../list-each-suite.ts';
import { describeSource } from './describe-source.ts';
import { type KernelUse, keyOf } from './kernel-use.ts';
import { isDebian, type ListedSuite } from './list-suites.ts';
import type { MatrixUse } from './matrix-use.ts';

export interface KernelList {
  readonly kernels: readonly ListedKernel[];
  /** Entries of the cache that kernels are kept in or made from, and their users; unused ones last. */
  readonly entries: readonly ListedEntry[];
  readonly suites: readonly {
    readonly suite: string;
    readonly kernels?: readonly OfferedItem[];
    readonly missing?: string;
  }[];
}

export interface ListedKernel {
  /** As in `buildOf`. */
  readonly name: string;
  readonly source: string;
  readonly isBuilt: boolean;
  readonly state: KernelUse['state'];
  /** Why the state is not known. */
  readonly why?: string;
  /** The package that a run would use now; absent if there is none, or it is not from Debian. */
  readonly package?: string;
  readonly version?: string;
  /** On the disk, without what it was made from; absent if it is not in the cache. */
  readonly bytes?: number;
  readonly usedAt?: Date;
}

export interface ListedEntry {
  readonly entry: string;
  readonly kind: CacheItem['kind'];
  readonly bytes: number;
  readonly usedAt: Date;
  readonly usedBy: readonly string[];
}

export interface OfferedItem {
  readonly package: string;
  readonly version: string;
  readonly series: string;
  readonly flavour: string;
  readonly usedBy: readonly string[];
  readonly bytes?: number;
}

/** @param items All that the cache has of kernels. */
export function describeKernels(
  { booted, others }: MatrixUse,
  listed: readonly ListedSuite[],
  items: readonly CacheItem[],
): KernelList {
  const { known: suites } = splitLists(listed);
  const byKey = new Map(items.map((item) => [keyOf(item), item]));
  const users = new Map<string, Set<string>>();
  const use = (key: string, name: string): void => {
    users.set(key, (users.get(key) ?? new Set()).add(name));
  };
  const kernels = booted.map((one): ListedKernel => {
    const { source, name } = one.build;
    const choice = isDebian(source) ? chosenOf(source, suites) : undefined;
    for (const item of one.items) use(keyOf(item), name);
    // A kernel built because of or_build is not the packaged one.
    const isBuilt = source.kind === 'source' || isOwnBuild(one);
    if (choice === undefined || isBuilt) return describeUse(one, isBuilt);
    use(entryKey(choice), name);
    return describeChoice(one, choice, byKey.get(entryKey(choice)));
  });
  // Only if no listed kernel uses it as well.
  const listedKeys = new Set(users.keys());
  for (const { build, items: own } of others) {
    for (const key of own.map(keyOf)) if (!listedKeys.has(key)) use(key, build.name);
  }
  const itemOf = (offered: KernelChoice & { series: string; flavour: string }): OfferedItem => ({
    package: offered.name,
    ...{ version: offered.version, series: offered.series, flavour: offered.flavour },
    usedBy: [...(users.get(entryKey(offered)) ?? [])],
    ...omitUndefined({ bytes: byKey.get(entryKey(offered))?.bytes }),
  });
  return {
    kernels,
    entries: items
      .map((item) => describeEntry(item, [...(users.get(keyOf(item)) ?? [])]))
      .toSorted(
        (one, other) => Number(one.usedBy.length === 0) - Number(other.usedBy.length === 0),
      ),
    suites: listed.map((one) =>
      'missing' in one ? one : { suite: one.suite, kernels: listOffered([one]).map(itemOf) },
    ),
  };
}

/** Whether a kernel with `or_build` was built, or is to be. */
function isOwnBuild({ items, state, build }: KernelUse): boolean {
  if (build.request === undefined) return false;
  return items.some(({ kind }) => kind === 'builds') || state === 'sources';
}

function chosenOf(source: DebianSource, suites: readonly SuiteKernels[]): KernelChoice | undefined {
  const own = source.suites.flatMap((name) => suites.filter(({ suite }) => suite === name));
  return vouchedKernels(source, chooseKernels(source, own))[0];
}

/** What a run would use now, which may not be in the cache. */
function describeChoice(
  { build, fault }: KernelUse,
  { name: packageName, version }: KernelChoice,
  item: CacheItem | undefined,
): ListedKernel {
  return {
    ...{ name: build.name, source: describeSource(build.source), isBuilt: false },
    state: item === undefined ? 'absent' : 'kept',
    ...{ package: packageName, version },
    ...omitUndefined({ bytes: item?.bytes, usedAt: item?.usedAt, why: fault && whyOf(fault) }),
  };
}

function describeUse(
  { build, state, version, fault, items }: KernelUse,
  isBuilt: boolean,
): ListedKernel {
  const own = state !== 'kept' ? undefined : items.find(({ kind }) => kind === ownKind(isBuilt));
  return {
    ...{ name: build.name, source: describeSource(build.source), isBuilt, state },
    ...omitUndefined({ version, bytes: own?.bytes, usedAt: own?.usedAt }),
    ...omitUndefined({ why: fault && whyOf(fault) }),
  };
}

function ownKind(isBuilt: boolean): CacheItem['kind'] {
  return isBuilt ? 'builds' : 'kernels';
}

function whyOf({ message }: Error): string {
  return toLine(message);
}

function describeEntry(item: CacheItem, usedBy: readonly string[]): ListedEntry {
  const { kind, bytes, usedAt } = item;
  return { entry: keyOf(item), kind, bytes, usedAt, usedBy };
}
