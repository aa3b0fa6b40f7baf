import type { PinnedPackages } from '../../kernel-image.ts';

/** The sources of one kernel, wherever they are from. */
export interface SourceTree {
  /** `sha256:…` of what identifies all of its files: trees with the same digest are the same. */
  readonly digest: string;
  /** For reports: `linux-source-6.12 6.12.117-1 (trixie)`, `../linux at v6.12 (0123456789ab)`. */
  readonly origin: string;
  /** Absent: the files are the same for ever. */
  readonly changing?: ChangingFolder;
  /** The package that it is from; absent if it is from none. */
  readonly pin?: PinnedPackages;
  /**
   * Unpacks the tree first if need be, which takes half a minute: a kernel that was built before
   * does not need this. Throws a UsageError if this is no kernel's tree, an InfraError if it cannot be
   * fetched.
   */
  open(): Promise<OpenTree>;
  /**
   * Throws a UsageError if the files are no longer those of the digest: a kernel that was built
   * from a folder while that changed must not be used.
   */
  confirm(): Promise<void>;
}

/**
 * Sources that become others where they are, as with `git checkout`: objects of what they were can be used again
 * if time stamps show make what has changed.
 */
export interface ChangingFolder {
  /** Absolute, without links. */
  readonly folder: string;
  /**
   * Whether a file has changed since a build began, but looks older than its objects. Times are in milliseconds
   * since 1970.
   */
  hidesChanges(build: { readonly beginMs: number; readonly endMs: number }): Promise<boolean>;
}

/** Files that nobody writes to. */
export interface OpenTree {
  /** Has the tree's Makefile; absolute. */
  readonly folder: string;
  /** Of its Makefile, as `make kernelversion` prints it: `6.12.117`, `6.13.0-rc1`. */
  readonly version: string;
}
