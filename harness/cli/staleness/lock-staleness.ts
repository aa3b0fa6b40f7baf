/** What has changed in archives and registries since a lock was written; lists of packages are at most a day old. */
import type { ArchiveContext } from '../../debian/archive-context.ts';
import { openSourceArchive } from '../../kernels/source/tree/source-archive.ts';
import type { Lock } from '../../lock/lock.ts';
import type { Matrix } from '../../matrix/matrix.ts';
import { findStaleImages } from './image-staleness.ts';
import { findStalePackages } from './package-staleness.ts';
import { findStaleSources } from './source-staleness.ts';
import type { Staleness } from './staleness.ts';

/** @param names Of the builds to look at. */
export async function findStaleness(
  matrix: Pick<Matrix, 'kernels' | 'configs'>,
  lock: Lock,
  names: Iterable<string>,
  context: ArchiveContext,
): Promise<Staleness> {
  const all = [...names];
  const [packages, sources, images] = await Promise.all([
    findStalePackages(matrix, lock, all, context),
    findStaleSources(matrix, lock, all, { ...context, archive: openSourceArchive(context) }),
    findStaleImages(matrix, lock, all, context),
  ]);
  return {
    outdated: [...packages.outdated, ...sources.outdated, ...images.outdated],
    missing: [...packages.missing, ...sources.missing],
    gone: images.gone,
    unknown: [...new Set([...packages.unknown, ...sources.unknown, ...images.unknown])],
  };
}
