import { UsageError } from '../../errors.ts';
import type { Reference } from '../../reproduce/reference.ts';
import type { QuietHost } from '../run-quietly.ts';
import { type FindOptions, type FoundOriginal, findOriginal } from './find-original.ts';

export type FoundAnywhere = FoundOriginal & Pick<QuietHost, 'given' | 'prepareCell'>;

export interface FindAnywhereOptions extends FindOptions {
  /** Path of an agent in the place of a bundle's. */
  readonly agent?: string;
}

/**
 * The failure that is meant, in a run, in the expectations or in a bundle. Throws a UsageError as `findOriginal` and
 * `openBundle` do.
 * @param held Gets what a bundle is unpacked to.
 */
export async function findAnywhere(
  reference: Reference,
  options: FindAnywhereOptions,
  root: string,
  held: AsyncDisposableStack,
): Promise<FoundAnywhere> {
  const { agent } = options;
  if (reference.kind === 'bundle') {
    const { findInBundle } = await import('../bundle/find-in-bundle.ts');
    return await findInBundle(reference.file, { agent, cacheRoot: root }, held);
  }
  if (agent === undefined) return await findOriginal(reference, options);
  throw new UsageError('--agent is for bundles: other tests have the agent of their cell', {
    code: 'AGENT_WITHOUT_BUNDLE',
    remedy: 'add the agent to the matrix file, and name its cell',
  });
}
