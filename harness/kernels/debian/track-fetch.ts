import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { omitUndefined } from '../../omit-undefined.ts';
import type { FetchProgress } from '../kernel-context.ts';

/** Often enough to be seen moving, rarely enough to cost nothing. */
const LOOK_EVERY_MS = 500;

export interface FetchTracking {
  readonly what: string;
  readonly bytesTotal?: number | undefined;
  /** How much of it is there; apt itself tells that to terminals alone. */
  readonly countBytes: () => number;
  readonly onProgress: (progress: FetchProgress) => void;
}

/** Tells how far a fetch is while it runs, and how it ended. */
export async function trackFetch<T>(
  { what, bytesTotal, countBytes, onProgress }: FetchTracking,
  fetch: () => Promise<T>,
): Promise<T> {
  let bytes = 0;
  const look = (): void => {
    // Of a list that is whole nothing is left where it was fetched to.
    bytes = Math.max(bytes, countBytes());
    onProgress(omitUndefined({ kind: 'fetching', what, bytes, bytesTotal }));
  };
  look();
  const timer = setInterval(look, LOOK_EVERY_MS);
  try {
    const result = await fetch();
    onProgress({ kind: 'fetched', what, bytes: Math.max(bytes, countBytes()) });
    return result;
  } catch (error) {
    onProgress({ kind: 'not-fetched', what });
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/** Bytes of a file, which may not be there yet. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Bytes of the files in a folder, while others come and go there. */
export function sizeOfFilesIn(folder: string): number {
  return readdirSync(folder)
    .map((name) => sizeOf(join(folder, name)))
    .reduce((sum, size) => sum + size, 0);
}
