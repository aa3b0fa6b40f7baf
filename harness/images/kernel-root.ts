/**
 * A root file system with all that kernels are built with, from Debian's packages: the compiler, make, and
 * the programs that Linux's makefiles call. One suite for everyone, so that the same sources and the same
 * configuration make the same kernel on every host.
 */

import { join } from 'node:path';
import { cachedEntry } from '../cache/cached-entry.ts';
import { digestOf, nameOfDigest } from '../cache/digest.ts';
import type { ArchiveContext } from '../debian/archive-context.ts';
import { resolveInstallation } from '../debian/installation.ts';
import type { PackageFile } from '../debian/package-file.ts';
import { waitForEntry } from '../debian/wait-for-entry.ts';
import { InfraError } from '../errors.ts';
import { fillRoot } from './package-root.ts';

export interface KernelTools {
  /** As gcc calls itself: `gcc (Debian 14.2.0-19) 14.2.0`. */
  readonly version: string;
  /** `sha256:…` of the packages that decide what is made of sources. */
  readonly digest: string;
  /**
   * The folder that is to be /usr, from the cache if it was used before. Throws an InfraError if the
   * packages cannot be had or do not hold what they should.
   */
  open(): Promise<string>;
}

/** Stable: its packages change a few times a year. */
const SUITE = 'trixie';
const MAKE = ['gcc', 'libc6-dev', 'make', 'flex', 'bison', 'bc', 'libelf-dev', 'libssl-dev'];
const PACKERS = ['gzip', 'bzip2', 'lz4', 'lzop', 'xz-utils', 'zstd', 'cpio', 'tar'];
const SHELL = [
  ...['dash', 'bash', 'coreutils', 'diffutils', 'findutils', 'grep', 'mawk', 'sed'],
  ...['perl', 'python3-minimal', 'kmod', 'openssl', 'dwarves'],
];
const PACKAGES = [...MAKE, ...PACKERS, ...SHELL];

/** Without manuals and the like. */
const NEEDED = /^usr\/(bin|sbin|include|lib|lib64|libexec|share\/(bison|perl|perl5|python3))\//;
const PROGRAMS = [
  ...['gcc', 'ld', 'as', 'make', 'flex', 'bison', 'm4', 'bc', 'awk', 'sh', 'bash', 'perl'],
  ...['gzip', 'bzip2', 'lz4', 'lzop', 'xz', 'zstd', 'cpio', 'openssl', 'pahole', 'nice', 'sed'],
];
const ALTERNATIVES = { awk: 'mawk', sh: 'dash' };

/** Changes when other files are chosen from the same packages. */
const FORMAT = 1;
const LIST_AGE_MS = 24 * 60 * 60 * 1000;

/**
 * What there is, by lists that are at most a day old; nothing is fetched yet but these. Throws an InfraError
 * if there are none.
 */
export async function findKernelTools(context: ArchiveContext): Promise<KernelTools> {
  const installation = { suites: [SUITE], packages: PACKAGES };
  const packages = await resolveInstallation(context, installation, LIST_AGE_MS);
  return {
    ...identify(packages),
    open: async () => join(await openRoot(packages, context), 'usr'),
  };
}

type Package = Pick<PackageFile, 'name' | 'version' | 'sha256'>;

/**
 * Compiler, assembler and linker, and what makes BTF: as on a host, where Kconfig asks these for their versions.
 * A new version of another program is no reason to build all kernels anew.
 */
const DECISIVE = /^(gcc|cpp|binutils|dwarves)(-|$)/;

/** What the tools in these packages are known by. */
export function identify(packages: readonly Package[]): Pick<KernelTools, 'version' | 'digest'> {
  const decisive = packages.filter(({ name }) => DECISIVE.test(name));
  return { version: gccVersion(packages), digest: digestPackages(decisive) };
}

function digestPackages(packages: readonly Package[]): string {
  const lines = packages.map(({ name, version, sha256 }) => `${name} ${version} ${sha256}`);
  return digestOf([FORMAT, ...lines.toSorted()].join('\n'));
}

async function openRoot(
  packages: readonly PackageFile[],
  context: ArchiveContext,
): Promise<string> {
  const key = `images/kernel-${nameOfDigest(digestPackages(packages))}`;
  return await cachedEntry(
    context.cacheRoot,
    key,
    async (folder) => {
      if (context.offline) throw notKept();
      const content = {
        ...{ packages, needed: NEEDED, programs: PROGRAMS, alternatives: ALTERNATIVES },
        what: `gcc of ${SUITE}`,
        remedy:
          'Debian may have moved it; build on this host instead, without --build-in container',
      };
      await fillRoot(folder, content, context.onProgress);
    },
    waitForEntry(`fetching gcc of ${SUITE}`, context),
  );
}

/** What `gcc --version` says, from the package that its program is in: `gcc-14`, of version 14.2.0-19. */
function gccVersion(packages: readonly Package[]): string {
  const version = packages.find(({ name }) => /^gcc-\d+$/.test(name))?.version;
  if (version === undefined) {
    throw new InfraError(`${SUITE} has no gcc`, {
      code: 'PACKAGE_LAYOUT',
      remedy: 'build on this host instead, without --build-in container',
    });
  }
  return `gcc (Debian ${version}) ${version.split('-', 1)[0]}`;
}

function notKept(): InfraError {
  return new InfraError('offline, and what kernels are built with in a container is not there', {
    code: 'OFFLINE',
    remedy: 'build once with the network, without --offline',
  });
}
