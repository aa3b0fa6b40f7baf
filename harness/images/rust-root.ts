/**
 * A root file system with cargo, a linker and a C library, from Debian's packages. Scripts of the
 * packages are not run: the linker has the name that its package gives it, and nothing needs `cc`.
 */

import { join } from 'node:path';
import { cachedEntry } from '../cache/cached-entry.ts';
import { digestOf, nameOfDigest } from '../cache/digest.ts';
import type { ArchiveContext } from '../debian/archive-context.ts';
import { resolveInstallation } from '../debian/installation.ts';
import { LIST_AGE_MS } from '../debian/kept-answer.ts';
import type { PackageFile } from '../debian/package-file.ts';
import { waitForEntry } from '../debian/wait-for-entry.ts';
import { fillRoot } from './package-root.ts';

export interface RustRoot {
  /** What is to be /usr; the other folders of its root are links to folders in it. */
  readonly usr: string;
  /** Of cargo, as its package has it. */
  readonly version: string;
}

/** The newest Rust of the stable suite, which Debian keeps up to date for browsers. */
const SUITE = 'trixie';
const PACKAGE = 'cargo-web';
export const LINKER = 'x86_64-linux-gnu-gcc';

/** Without manuals and the like. */
const NEEDED = /^usr\/(bin|include|lib|lib64|libexec)\//;
const PROGRAMS = ['cargo', 'rustc', LINKER, 'ld'];

/** Changes when other files are chosen from the same packages. */
const FORMAT = 1;

/**
 * From the cache if it was used before: 180 MiB to fetch, 700 MiB on the disk. Throws an InfraError
 * if the packages cannot be had or do not hold what they should.
 */
export async function provideRustRoot(context: ArchiveContext): Promise<RustRoot> {
  const installation = { suites: [SUITE], packages: [PACKAGE] };
  const packages = await resolveInstallation(context, installation, LIST_AGE_MS);
  const lines = packages.map(({ name, version, sha256 }) => `${name} ${version} ${sha256}`);
  const digest = digestOf([FORMAT, ...lines.toSorted()].join('\n'));
  const folder = await cachedEntry(
    context.cacheRoot,
    `images/rust-${nameOfDigest(digest)}`,
    (entry) =>
      fillRoot(
        entry,
        {
          ...{ packages, programs: PROGRAMS, needed: NEEDED },
          what: `${PACKAGE} ${versionOf(packages)}`,
          remedy: 'Debian may have moved it; install Rust from https://rustup.rs instead',
        },
        context.onProgress,
      ),
    waitForEntry(`fetching ${PACKAGE} ${versionOf(packages)}`, context),
  );
  return { usr: join(folder, 'usr'), version: versionOf(packages) };
}

function versionOf(packages: readonly PackageFile[]): string {
  return packages.find(({ name }) => name === PACKAGE)?.version ?? 'unknown';
}
