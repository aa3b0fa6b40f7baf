/** What has changed in the archive since a lock was written: by lists that are at most a day old. */
import { findEntry } from '../cache/existing-entry.ts';
import type { ArchiveContext } from '../debian/archive-context.ts';
import type { LockFacts } from '../events.ts';
import { chooseKernels, type SuiteKernels } from '../kernels/debian/choose-kernel.ts';
import { entryKey } from '../kernels/debian/debian-kernel.ts';
import { type KernelArchive, openKernelArchive } from '../kernels/debian/kernel-archive.ts';
import { noteMissing } from '../kernels/debian/missing.ts';
import { pinnedChoice } from '../kernels/debian/pinned-kernel.ts';
import { compareVersions } from '../kernels/debian/version.ts';
import { vouchedKernels } from '../kernels/debian/vouch.ts';
import type { PinnedPackages } from '../kernels/kernel-image.ts';
import type { Lock } from '../lock/lock.ts';
import type { DebianSource, Matrix } from '../matrix/matrix.ts';
import { listEachSuite, splitLists } from './list-each-suite.ts';

export type Staleness = Pick<LockFacts, 'outdated' | 'missing' | 'unknown'>;

interface LockedPackages {
  readonly name: string;
  readonly source: DebianSource;
  readonly debian: PinnedPackages;
}

/** @param names Of the builds to look at. */
export async function findStale(
  matrix: Pick<Matrix, 'kernels'>,
  lock: Lock,
  names: Iterable<string>,
  context: ArchiveContext,
  archive: KernelArchive = openKernelArchive(context),
): Promise<Staleness> {
  const packaged = [...names].flatMap((name) => findPackages(matrix, lock, name));
  const wanted = new Set(
    packaged.flatMap(({ source, debian }) => [...source.suites, debian.suite]),
  );
  const { known, unknown } = splitLists(await listEachSuite(wanted, archive));
  const missing = await Promise.all(
    packaged.map((one) => findMissing(one, known, context.cacheRoot)),
  );
  return {
    outdated: packaged.flatMap((one) => findNewer(one, known)),
    missing: missing.flat(),
    unknown,
  };
}

/** Of kernels that the matrix takes from Debian as they are: the others have no newer one. */
function findPackages(
  { kernels }: Pick<Matrix, 'kernels'>,
  lock: Lock,
  name: string,
): readonly LockedPackages[] {
  const debian = lock.kernels.get(name)?.debian;
  const source = kernels.get(name);
  const isPackaged = source?.kind === 'debian-series' || source?.kind === 'debian-package';
  return isPackaged && debian !== undefined ? [{ name, source, debian }] : [];
}

function findNewer(
  { name, source, debian }: LockedPackages,
  lists: readonly SuiteKernels[],
): Staleness['outdated'] {
  const own = lists.filter(({ suite }) => source.suites.includes(suite));
  const [best] = vouchedKernels(source, chooseKernels(source, own));
  if (best === undefined || compareVersions(best.version, debian.version) <= 0) return [];
  return [{ name, locked: debian.version, newest: `${best.version} (${best.suite})` }];
}

async function findMissing(
  { name, debian }: LockedPackages,
  lists: readonly SuiteKernels[],
  cacheRoot: string,
): Promise<Staleness['missing']> {
  const list = lists.find(({ suite }) => suite === debian.suite);
  if (list === undefined) return [];
  const now = new Date().toISOString();
  const found = await Promise.all(
    debian.files.map(async (one) => {
      // Such a package is in no list, and never was.
      if (one.unlisted) return [];
      const isMissing = !list.packages.some(
        ({ file, sha256 }) => file === one.file && sha256 === one.sha256,
      );
      const since = await noteMissing(cacheRoot, one, { isMissing, now });
      return since === undefined ? [] : [{ name, package: one.package, file: one.file, since }];
    }),
  );
  return found.flat();
}

/** Whether a run with this lock would need nothing of the archive for a kernel. */
export async function isCached(
  { kernels }: Pick<Matrix, 'kernels'>,
  lock: Lock,
  name: string,
  cacheRoot: string,
): Promise<boolean> {
  const [packaged] = findPackages({ kernels }, lock, name);
  if (packaged === undefined) return false;
  const key = entryKey(pinnedChoice(packaged.source, packaged));
  return (await findEntry(cacheRoot, key)).kind === 'sound';
}
