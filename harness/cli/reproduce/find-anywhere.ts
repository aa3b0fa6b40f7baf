import { UsageError } from '../../errors.ts';
import type { Reference } from '../../reproduce/reference.ts';
import type { QuietHost } from '../run-quietly.ts';
import { type FindOptions, type FoundOriginal, findOriginal } from './find-original.ts';

export type FoundAnywhere = FoundOriginal & Pick<QuietHost, 'given' | 'prepareCell'>;

export interface FindAnywhereOptions extends FindOptions {
  /** Path of an agent in the place of a bundle's, or for tries after the test. */
  readonly agent?: string;
  /** Only a test of the matrix will do: its guest is to be saved. */
  readonly rewind?: boolean;
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
  const { agent, rewind } = options;
  if (reference.kind === 'bundle') {
    checkBundleAlone(reference.file, options);
    if (rewind === true) throw bundleToRewind();
    const { findInBundle } = await import('../bundle/find-in-bundle.ts');
    return await findInBundle(reference.file, { agent, cacheRoot: root }, held);
  }
  if (agent === undefined || rewind === true) return await findOriginal(reference, options);
  throw new UsageError('--agent is for bundles: other tests have the agent of their cell', {
    code: 'AGENT_WITHOUT_BUNDLE',
    remedy: 'add the agent to the matrix file, and name its cell; or use it with --rewind',
  });
}

function bundleToRewind(): UsageError {
  return new UsageError('--rewind: expected a test of the matrix, found a bundle', {
    code: 'NOTHING_TO_REWIND',
    remedy: 'name the test, as the bundle does: its guest can be saved',
  });
}

function checkBundleAlone(file: string, { signature, locked, qemu }: FindAnywhereOptions): void {
  const given = Object.entries({ signature, locked, qemu }).find(
    ([, value]) => value !== undefined,
  );
  if (given === undefined) return;
  throw new UsageError(`--${given[0]} says nothing beside a bundle: ${file} has that in it`, {
    code: 'BUNDLE_CONFLICT',
    remedy: `leave --${given[0]} out`,
  });
}
