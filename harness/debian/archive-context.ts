import type { FetchProgress } from './fetch-progress.ts';

/** How to use an archive of Debian. */
export interface ArchiveContext {
  /** The cache's folder, absolute. */
  readonly cacheRoot: string;
  /** URI of a Debian archive to use in place of the host's own: `http://HOST/debian`. */
  readonly mirror?: string;
  /** Use only what was fetched before. */
  readonly offline?: boolean;
  readonly onProgress: (progress: FetchProgress) => void;
  /** Ends waiting for other processes that fetch or make the same. */
  readonly signal?: AbortSignal;
}
