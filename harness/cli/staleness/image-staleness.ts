/** Which locked kernels come from images whose tags lead elsewhere by now, or that their registry has removed. */
import { InfraError, UsageError } from '../../errors.ts';
import { noteMissing } from '../../kernels/debian/missing.ts';
import type { ProviderContext } from '../../kernels/kernel-context.ts';
import { findImageState } from '../../kernels/oci/image-state.ts';
import { MANIFEST } from '../../kernels/oci/oci-kernel.ts';
import type { Lock } from '../../lock/lock.ts';
import { findBuild } from '../../matrix/builds.ts';
import type { Matrix } from '../../matrix/matrix.ts';
import type { Staleness } from './staleness.ts';

/** @param names Of the builds to look at. */
export async function findStaleImages(
  matrix: Pick<Matrix, 'kernels' | 'configs'>,
  lock: Lock,
  names: Iterable<string>,
  context: ProviderContext,
): Promise<Pick<Staleness, 'outdated' | 'gone' | 'unknown'>> {
  const outdated: Staleness['outdated'][number][] = [];
  const gone: Staleness['gone'][number][] = [];
  const unknown: string[] = [];
  for (const name of names) {
    const source = findBuild(matrix, name)?.source;
    const locked = lock.kernels.get(name)?.inputs?.[MANIFEST];
    if (source?.kind !== 'oci' || locked === undefined) continue;
    try {
      const state = await findImageState(source, locked, context);
      const { newest = 'the tag is gone' } = state;
      if (newest !== locked) outdated.push({ name, locked, newest });
      const since = await noteMissing(
        context.cacheRoot,
        { package: 'image', sha256: `${state.name}@${locked}` },
        { isMissing: !state.isThere, now: new Date().toISOString() },
      );
      if (since !== undefined) gone.push({ name, image: state.name, digest: locked, since });
    } catch (error) {
      if (!(error instanceof UsageError || error instanceof InfraError)) throw error;
      unknown.push(error.message);
    }
  }
  return { outdated, gone, unknown };
}
