/** What every provider of kernels gets besides the kernel's source. */
export interface ProviderContext {
  /** The cache's folder, absolute. */
  readonly cacheRoot: string;
  /** URI of a Debian archive to use in place of the host's own: `http://HOST/debian`. */
  readonly mirror?: string;
  /** Use only what was fetched before. */
  readonly offline?: boolean;
  readonly onProgress: (progress: FetchProgress) => void;
}

/** The same for several kernels, whose progress is told apart by their names. */
export interface KernelContext extends Omit<ProviderContext, 'onProgress'> {
  readonly onProgress: (progress: KernelProgress) => void;
}

/** How far something is that is fetched for a kernel: told at its begin, now and then, at its end. */
export type FetchProgress =
  | {
      readonly kind: 'fetching';
      /** A package with its version, or a list of packages. */
      readonly what: string;
      readonly bytes: number;
      /** Absent if nobody knows. */
      readonly bytesTotal?: number;
    }
  | { readonly kind: 'fetched'; readonly what: string; readonly bytes: number }
  | { readonly kind: 'not-fetched'; readonly what: string }
  /** One line that people should know. */
  | { readonly kind: 'note'; readonly text: string };

export type KernelProgress = FetchProgress & {
  /** The kernel's name in the matrix. */
  readonly kernel: string;
};
