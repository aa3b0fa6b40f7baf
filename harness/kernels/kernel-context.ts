/** What every provider of kernels gets in addition to the kernel's source. */
export interface ProviderContext {
  /** The cache's folder, absolute. */
  readonly cacheRoot: string;
  /** URI of a Debian archive to use in place of the host's own: `http://HOST/debian`. */
  readonly mirror?: string;
  /** Use only what was fetched before. */
  readonly offline?: boolean;
  readonly onProgress: (progress: FetchProgress) => void;
}

/** The same for several kernels, whose progress is told apart by name. */
export interface KernelContext extends Omit<ProviderContext, 'onProgress'> {
  readonly onProgress: (progress: KernelProgress) => void;
}

/**
 * The progress of fetching something for a kernel: reported at the start, now and then, and at the
 * end.
 */
export type FetchProgress =
  | {
      readonly kind: 'fetching';
      /** A package and its version, or a list of packages. */
      readonly what: string;
      readonly bytes: number;
      /** Absent if it is not known. */
      readonly bytesTotal?: number;
    }
  | { readonly kind: 'fetched'; readonly what: string; readonly bytes: number }
  | { readonly kind: 'not-fetched'; readonly what: string }
  /** One line that people should read. */
  | { readonly kind: 'note'; readonly text: string };

export type KernelProgress = FetchProgress & {
  /** The kernel's name in the matrix. */
  readonly kernel: string;
};
