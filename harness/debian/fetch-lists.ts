import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type AptRoot, type AptSource, updateAptRoot } from './apt-root.ts';
import type { ArchiveContext } from './archive-context.ts';
import { findArchive } from './find-archive.ts';
import { sizeOfFilesIn, trackFetch } from './track-fetch.ts';

/** Where packages of some suites come from, and apt's state with their lists. */
export interface FetchedLists {
  readonly sources: readonly AptSource[];
  readonly root: AptRoot;
}

/** Fetches the lists of packages of some suites, with progress. Throws as `updateAptRoot`. */
export async function fetchLists(
  context: ArchiveContext,
  folder: string,
  suites: readonly string[],
): Promise<FetchedLists> {
  const sources: AptSource[] = [];
  for (const suite of suites) {
    sources.push({ suite, archive: await findArchive(suite, context.mirror) });
  }
  const partial = join(folder, 'lists', 'partial');
  await mkdir(partial, { recursive: true });
  const tracking = {
    what: `the list of packages of ${suites.join(', ')}`,
    countBytes: () => sizeOfFilesIn(partial),
    onProgress: context.onProgress,
  };
  const root = await trackFetch(tracking, () => updateAptRoot(folder, sources));
  return { sources, root };
}
