/** Which locked packages of kernels the archive has newer versions of, or no longer lists. */
import type { ArchiveContext } from '../../debian/archive-context.ts';
import { chooseKernels, type SuiteKernels } from '../../kernels/debian/choose-kernel.ts';
import { type KernelArchive, openKernelArchive } from '../../kernels/debian/kernel-archive.ts';
import { compareVersions } from '../../kernels/debian/version.ts';
import { vouchedKernels } from '../../kernels/debian/vouch.ts';
import type { PinnedPackages } from '../../kernels/kernel-image.ts';
import type { Lock } from '../../lock/lock.ts';
import type { DebianSource, Matrix } from '../../matrix/matrix.ts';
import { listEachSuite, splitLists } from '../list-each-suite.ts';
import { findMissingPackages } from './missing-packages.ts';
import type { Staleness } from './staleness.ts';

interface LockedPackages {
  readonly name: string;
  readonly source: DebianSource;
  readonly debian: PinnedPackages;
}

/** @param names Of the builds to look at. */
export async function findStalePackages(
  matrix: Pick<Matrix, 'kernels'>,
  lock: Lock,
  names: Iterable<string>,
  context: ArchiveContext,
  archive: KernelArchive = openKernelArchive(context),
): Promise<Pick<Staleness, 'outdated' | 'missing' | 'unknown'>> {
  const packaged = [...names].flatMap((name) => findPackages(matrix, lock, name));
  const wanted = new Set(
    packaged.flatMap(({ source, debian }) => [...source.suites, debian.suite]),
  );
  const { known, unknown } = splitLists(await listEachSuite(wanted, archive));
  const missing = await Promise.all(
    packaged.map((one) => findMissingPackages(one, known, context.cacheRoot)),
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
