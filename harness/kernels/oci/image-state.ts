/** What has become of an image that a lock names. Only looks: which image the tag led to last stays as it was kept. */
import { InfraError, UsageError } from '../../errors.ts';
import type { OciSource } from '../../matrix/matrix.ts';
import type { ProviderContext } from '../kernel-context.ts';
import type { ImageStore } from './image-store.ts';
import { readKeptTag } from './kept-tag.ts';
import { lookUp, openStore } from './open-store.ts';

export interface ImageState {
  /** The registry, the repository and the tag, or the folder. */
  readonly name: string;
  /** `sha256:…` of the manifest that the tag leads to now; absent if there is no such tag any more. */
  readonly newest?: string;
  /** Whether the locked image can still be fetched. */
  readonly isThere: boolean;
}

/**
 * Offline, the tag leads where it did when it was last looked up, and what was there is taken to be there still.
 * Throws an InfraError or a UsageError if that cannot be told.
 *
 * @param locked `sha256:…` of its manifest.
 */
export async function findImageState(
  { from }: Pick<OciSource, 'from'>,
  locked: string,
  context: ProviderContext,
): Promise<ImageState> {
  const store = openStore(from, context);
  const { name } = store;
  if (from.kind === 'registry' && context.offline) {
    const kept = await readKeptTag(context.cacheRoot, from.reference);
    if (kept !== undefined) return { name, newest: kept.digest, isThere: true };
    throw new InfraError(`offline, and ${name} was never looked up`, { code: 'OFFLINE' });
  }
  const newest = await orAbsent(lookUp(store));
  if (newest === locked) return { name, newest, isThere: true };
  const isThere = await hasManifest(store, locked);
  return newest === undefined ? { name, isThere } : { name, newest, isThere };
}

async function hasManifest(store: ImageStore, digest: string): Promise<boolean> {
  return (await orAbsent(store.readManifest(digest))) !== undefined;
}

async function orAbsent<T>(finding: Promise<T>): Promise<T | undefined> {
  try {
    return await finding;
  } catch (error) {
    const isKnown = error instanceof InfraError || error instanceof UsageError;
    if (isKnown && error.code === 'NO_IMAGE') return undefined;
    throw error;
  }
}
