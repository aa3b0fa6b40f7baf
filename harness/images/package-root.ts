/** Files of packages, put together as the root file system that they would be on a host. */
import { link, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ArchiveContext } from '../debian/archive-context.ts';
import type { PackageFile } from '../debian/package-file.ts';
import { sizeOfFilesIn, trackFetch } from '../debian/track-fetch.ts';
import { InfraError } from '../errors.ts';
import { unpackPackages } from './unpacked-packages.ts';

export interface RootContent {
  readonly packages: readonly PackageFile[];
  /** The package that all others are for, with its version: `cargo-web 1.96`. */
  readonly what: string;
  /** Of paths without the leading slash: manuals and the like take half of the space. */
  readonly needed: RegExp;
  /** Names of what must be in /usr/bin. */
  readonly programs: readonly string[];
  /** Names of programs for which another one does as well, by name: no script of a package sets them up. */
  readonly alternatives?: Readonly<Record<string, string>>;
  /** What to do if a program is missing. */
  readonly remedy: string;
}

/**
 * Fetches the packages and fills the folder; nothing that is in them is run. Throws an InfraError if they
 * cannot be had or do not hold what they should.
 */
export async function fillRoot(
  folder: string,
  content: RootContent,
  onProgress: ArchiveContext['onProgress'],
): Promise<void> {
  const { packages, what, needed, programs, alternatives = {}, remedy } = content;
  const debs = join(folder, 'packages');
  await mkdir(debs);
  const tracking = {
    what: `${what} with ${packages.length - 1} other packages`,
    bytesTotal: packages.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
    countBytes: () => sizeOfFilesIn(debs),
    onProgress,
  };
  const unpacked = await trackFetch(tracking, () => unpackPackages(debs, packages));
  const files = unpacked.paths
    .filter((path) => needed.test(path))
    .map((path) => [path, path] as const);
  const others = Object.entries(alternatives).map(
    ([name, program]) => [`usr/bin/${name}`, `usr/bin/${program}`] as const,
  );
  const there = new Set<string>();
  for (const [path, from] of [...files, ...others]) {
    const file = unpacked.find(from);
    // A link may lead to what only another package would have.
    if (file === undefined || there.has(path)) continue;
    there.add(path);
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await link(file.source, join(folder, path));
  }
  const missing = programs.filter((name) => !there.has(`usr/bin/${name}`));
  if (missing.length > 0) {
    throw new InfraError(`${what} and what it depends on do not have ${missing.join(', ')}`, {
      code: 'PACKAGE_LAYOUT',
      remedy,
    });
  }
  await rm(debs, { recursive: true });
}
