import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { omitUndefined } from '../omit-undefined.ts';
import type { FetchProgress } from './fetch-progress.ts';

/** Often enough to be seen moving, rarely enough to cost nothing. */
const LOOK_EVERY_MS = 500;

export interface FetchTracking {
  readonly what: string;
  readonly bytesTotal?: number | undefined;
  /**
   * How much of it has arrived. Looks at the files, for apt reports its progress only to terminals.
   */
  readonly countBytes: () => number;
  readonly onProgress: (progress: FetchProgress) => void;
}

/** Reports the progress of a fetch while it runs, and how it ended. */
export async function trackFetch<T>(
  { what, bytesTotal, countBytes, onProgress }: FetchTracking,
  fetch: () => Promise<T>,
): Promise<T> {
  let bytes = 0;
  const look = (): void => {
    // apt moves a complete list away from where it was fetched to.
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

/** The size of a file that may not exist yet. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** The size of the files in a folder, while files come and go. */
export function sizeOfFilesIn(folder: string): number {
  return readdirSync(folder)
    .map((name) => sizeOf(join(folder, name)))
    .reduce((sum, size) => sum + size, 0);
}
