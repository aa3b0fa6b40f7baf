import { InfraError, UsageError } from '../errors.ts';
import type { AptError } from './apt.ts';
import { DEBIAN_VERSIONS } from './archive-uri.ts';
import type { PackageFile } from './package-file.ts';

/** Why a suite's list of packages could not be had, in words for people. */
export function asListError(error: AptError, suite: string): InfraError | UsageError {
  const details = { output: error.output, cause: error };
  switch (error.fault) {
    case 'not-found':
      return noSuchSuite(suite, 'the archive has none of that name', details);
    case 'signature':
      return new InfraError(`${suite}: Debian's keys do not confirm the archive's signature`, {
        code: 'BAD_SIGNATURE',
        remedy:
          'upgrade debian-archive-keyring if the suite is newer than the host; ' +
          'else do not trust this mirror and name another with --mirror',
        ...details,
      });
    default:
      return new InfraError(`${suite}: the list of packages could not be fetched`, {
        code: 'ARCHIVE_UNREACHABLE',
        remedy: 'check the network and proxy (apt-get update), or name an archive with --mirror',
        ...details,
      });
  }
}

/** Why a package could not be had, in words for people. */
export function asFetchError(
  error: AptError,
  { name, version, vouchedBy }: PackageFile,
  uri: string,
): InfraError {
  const isGone = error.fault === 'not-found';
  const goOn =
    vouchedBy === 'lock' ? 'renew the lock with kmx kernels lock' : 'ask for a newer version';
  const why = {
    'not-found': 'the archive no longer has it',
    'too-large': 'it is larger than any package that kmx fetches',
    checksum: {
      list: "it is not what the archive's signed list says",
      matrix: 'it does not have the sha256 that the matrix says',
      lock: 'it does not have the sha256 that the lock says',
      nobody: 'it is not what it was when it was first fetched',
    }[vouchedBy],
  }[error.fault as string];
  return new InfraError(`${name} ${version} could not be fetched${why ? `: ${why}` : ''}`, {
    code: isGone ? 'PACKAGE_GONE' : 'FETCH_FAILED',
    remedy: isGone
      ? `${goOn}, or use --mirror with an archive that still has it`
      : `check that apt can reach ${uri}, or name another archive with --mirror`,
    output: error.output,
    cause: error,
  });
}

export function noSuchSuite(
  suite: string,
  found: string,
  details: { readonly output?: string; readonly cause?: unknown } = {},
): UsageError {
  return new UsageError(`'${suite}' is not a suite of Debian: ${found}`, {
    code: 'NO_SUITE',
    remedy:
      `suites are ${DEBIAN_VERSIONS.join(', ')} (those that are released also with ` +
      '-security, -updates, -backports), sid and experimental',
    ...details,
  });
}

export function noList(suite: string): InfraError {
  return new InfraError(`${suite}: offline, and no list of packages was fetched before`, {
    code: 'OFFLINE',
    remedy: 'run once with the network, without --offline',
  });
}
