/**
 * A root file system with cargo, a linker and a C library, from Debian's packages. Scripts of the
 * packages are not run: the linker has the name that its package gives it, and nothing needs `cc`.
 */
import { link, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cachedEntry } from '../cache/cached-entry.ts';
import { digestOf, nameOfDigest } from '../cache/digest.ts';
import type { ArchiveContext } from '../debian/archive-context.ts';
import { resolveInstallation } from '../debian/installation.ts';
import { LIST_AGE_MS } from '../debian/kept-answer.ts';
import type { PackageFile } from '../debian/package-file.ts';
import { sizeOfFilesIn, trackFetch } from '../debian/track-fetch.ts';
import { InfraError } from '../errors.ts';
import { unpackPackages } from './unpacked-packages.ts';

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
  const installation = { suites: [SUITE], package: PACKAGE };
  const packages = await resolveInstallation(context, installation, LIST_AGE_MS);
  const lines = packages.map(({ name, version, sha256 }) => `${name} ${version} ${sha256}`);
  const digest = digestOf([FORMAT, ...lines.toSorted()].join('\n'));
  const folder = await cachedEntry(
    context.cacheRoot,
    `images/rust-${nameOfDigest(digest)}`,
    (entry) => fillEntry(entry, packages, context),
  );
  return { usr: join(folder, 'usr'), version: versionOf(packages) };
}

async function fillEntry(
  folder: string,
  packages: readonly PackageFile[],
  { onProgress }: ArchiveContext,
): Promise<void> {
  const debs = join(folder, 'packages');
  await mkdir(debs);
  const tracking = {
    what: `${PACKAGE} ${versionOf(packages)} with ${packages.length - 1} other packages`,
    bytesTotal: packages.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
    countBytes: () => sizeOfFilesIn(debs),
    onProgress,
  };
  const unpacked = await trackFetch(tracking, () => unpackPackages(debs, packages));
  for (const path of unpacked.paths.filter((each) => NEEDED.test(each))) {
    const file = unpacked.find(path);
    // A link may lead to what only another package would have.
    if (file === undefined) continue;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await link(file.source, join(folder, path));
  }
  const missing = PROGRAMS.filter((name) => unpacked.find(`usr/bin/${name}`) === undefined);
  if (missing.length > 0) {
    throw new InfraError(`${PACKAGE} and what it depends on do not have ${missing.join(', ')}`, {
      code: 'PACKAGE_LAYOUT',
      remedy: 'Debian may have moved it; install Rust from https://rustup.rs instead',
    });
  }
  await rm(debs, { recursive: true });
}

function versionOf(packages: readonly PackageFile[]): string {
  return packages.find(({ name }) => name === PACKAGE)?.version ?? 'unknown';
}
