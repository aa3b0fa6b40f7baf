/** The sources of one kernel, wherever they are from. */
export interface SourceTree {
  /** Of its Makefile, as `make kernelversion` prints it: `6.12.117`, `6.13.0-rc1`. */
  readonly version: string;
  /** `sha256:…` of what identifies all of its files: trees with the same digest are the same. */
  readonly digest: string;
  /** For reports: `linux-source-6.12 6.12.117-1 (trixie)`, `tree ../linux at 0123456789ab`. */
  readonly origin: string;
  /**
   * The folder with its Makefile, absolute; nobody writes to it. Unpacks the tree first if need be,
   * which takes half a minute: for a kernel that was built before, nobody has to ask. Throws as
   * `openTree`.
   */
  folder(): Promise<string>;
  /**
   * Throws a UsageError if the files are no longer those of the digest: what was built from a folder of
   * the user's while it changed is nobody's kernel.
   */
  confirm(): Promise<void>;
}
