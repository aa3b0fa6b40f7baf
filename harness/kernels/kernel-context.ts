/** What every provider of kernels gets besides the kernel's source. */
export interface KernelContext {
  /** The cache's folder, absolute. */
  readonly cacheRoot: string;
  /** URI of a Debian archive to use in place of the host's own: `http://HOST/debian`. */
  readonly mirror?: string;
  /** Use only what was fetched before. */
  readonly offline?: boolean;
  /** Takes one line for people about something that takes a while or that they should know. */
  readonly report: (line: string) => void;
}
