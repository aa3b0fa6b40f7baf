/** What a lock file says: exactly what the kernels and agents of a matrix were when it was written. */
import type { KernelPin } from '../kernels/kernel-image.ts';

/** Changes when an older kmx would misread the file. */
export const LOCK_VERSION = 1;

export interface Lock {
  /** By name of the build (`source-6.12+v1-on`), sorted. */
  readonly kernels: ReadonlyMap<string, LockedKernel>;
  /** By name in the matrix, sorted. */
  readonly agents: ReadonlyMap<string, LockedAgent>;
}

/** Digests are `sha256:…` with 64 digits. */
export interface LockedKernel extends KernelPin {
  readonly release: string;
  /** As reports have it: over image, configuration and modules. */
  readonly digest: string;
  /** Of the file that is booted; absent for the host's own kernel. */
  readonly image?: string;
  /** Of the file with its configuration; absent if it comes with none. */
  readonly config?: string;
}

/** Either the sources, or the files. */
export interface LockedAgent {
  /** Over the sources of our own agent: each host builds it, and no two get the same bytes. */
  readonly sources?: string;
  /** Of the user's program alone. */
  readonly program?: string;
  /** Over that and all files that go into the guest with it. */
  readonly files?: string;
}
