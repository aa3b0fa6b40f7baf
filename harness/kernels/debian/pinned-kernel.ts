/** A packaged kernel that a lock names: exactly that one, whatever the suites offer by now. */
import { InfraError, UsageError } from '../../errors.ts';
import type { DebianSource } from '../../matrix/matrix.ts';
import type { KernelPin, PinnedPackageFile, PinnedPackages } from '../kernel-image.ts';
import { answersSource, type KernelChoice } from './choose-kernel.ts';

/** Stands for the archive of files that need not be fetched. */
const NOT_LOCATED = '';

/**
 * What the lock names, as a choice whose archive is not known yet. Throws a UsageError if it is not what
 * the matrix asks for: the matrix was changed since.
 */
export function pinnedChoice(source: DebianSource, { debian }: KernelPin): KernelChoice {
  if (debian === undefined) throw otherKind();
  const { package: name, version, suite } = debian;
  const isOther = ({ package: own, sha256 }: PinnedPackageFile): boolean =>
    (source.sha256[own] ?? sha256) !== sha256;
  const isAsked =
    source.suites.includes(suite) &&
    answersSource(source, { name, version }) &&
    !debian.files.some(isOther);
  if (!isAsked) throw notAsked(source, debian);
  const packages = debian.files.map(({ package: own, file, sha256 }) => ({
    ...{ name: own, version, archive: NOT_LOCATED, file, sha256, vouchedBy: 'lock' as const },
  }));
  return { name, version, suite, packages };
}

/** The same, with the archive to fetch it from. */
export function inArchive(choice: KernelChoice, archive: string): KernelChoice {
  return { ...choice, packages: choice.packages.map((file) => ({ ...file, archive })) };
}

/** What a lock is to say of a kernel. */
export function pinOf(
  { name, version, suite, packages }: KernelChoice,
  digests: Readonly<Record<string, string>>,
): KernelPin {
  const files = packages.map((file) => ({
    package: file.name,
    file: file.file,
    sha256: file.sha256 ?? digests[file.name] ?? '',
    ...(file.vouchedBy !== 'list' && { unlisted: true as const }),
  }));
  return { debian: { package: name, version, suite, files } };
}

export function notKeptOffline({ name, version }: KernelChoice): InfraError {
  return new InfraError(
    `offline, and ${name} ${version}, which the lock names, is not in the cache`,
    {
      code: 'OFFLINE',
      remedy: 'run once with the network, without --offline',
    },
  );
}

function otherKind(): UsageError {
  return new UsageError(
    'the lock names no packages for a kernel that the matrix takes from Debian',
    {
      code: 'LOCK_OTHER_SOURCE',
      remedy: RENEW,
    },
  );
}

const RENEW = 'the matrix was changed since the lock was written: renew it with kmx kernels lock';

function notAsked(source: DebianSource, { package: name, version, suite }: PinnedPackages) {
  const asked =
    source.kind === 'debian-series' ? `${source.series} ${source.flavour}` : source.package;
  return new UsageError(
    `the lock names ${name} ${version} (${suite}), but the matrix asks for ${asked} ` +
      `(${source.suites.join(', ')})`,
    { code: 'LOCK_OTHER_SOURCE', remedy: RENEW },
  );
}
