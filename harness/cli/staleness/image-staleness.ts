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

type StaleImages = Pick<Staleness, 'outdated' | 'gone' | 'unknown'>;

/**
 * Asks all registries at the same time: each answer takes a while.
 * @param names Of the builds to look at.
 */
export async function findStaleImages(
  matrix: Pick<Matrix, 'kernels' | 'configs'>,
  lock: Lock,
  names: Iterable<string>,
  context: ProviderContext,
): Promise<StaleImages> {
  const found = await Promise.all(
    [...names].map((name) => lookAtImage(matrix, lock, name, context)),
  );
  return {
    outdated: found.flatMap(({ outdated }) => outdated),
    gone: found.flatMap(({ gone }) => gone),
    unknown: found.flatMap(({ unknown }) => unknown),
  };
}

const NOTHING: StaleImages = { outdated: [], gone: [], unknown: [] };

async function lookAtImage(
  matrix: Pick<Matrix, 'kernels' | 'configs'>,
  lock: Lock,
  name: string,
  context: ProviderContext,
): Promise<StaleImages> {
  const source = findBuild(matrix, name)?.source;
  const locked = lock.kernels.get(name)?.inputs?.[MANIFEST];
  if (source?.kind !== 'oci' || locked === undefined) return NOTHING;
  try {
    const state = await findImageState(source, locked, context);
    const { newest = 'the tag is gone' } = state;
    const since = await noteMissing(
      context.cacheRoot,
      { package: 'image', sha256: `${state.name}@${locked}` },
      { isMissing: !state.isThere, now: new Date().toISOString() },
    );
    return {
      outdated: newest === locked ? [] : [{ name, locked, newest }],
      gone: since === undefined ? [] : [{ name, image: state.name, digest: locked, since }],
      unknown: [],
    };
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof InfraError)) throw error;
    return { ...NOTHING, unknown: [error.message] };
  }
}
