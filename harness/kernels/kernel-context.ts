import type { ArchiveContext } from '../debian/archive-context.ts';
import type { FetchProgress } from '../debian/fetch-progress.ts';
import type { KernelPin } from './kernel-image.ts';
import type { BuildSettings } from './source/build-context.ts';
import type { StepProgress } from './source/step-progress.ts';

/** What every provider of kernels gets in addition to the kernel's source. */
export interface ProviderContext extends ArchiveContext {
  /** Exactly what is to be used, even if there is something newer; from a lock. */
  readonly pin?: KernelPin;
}

/** The same for several kernels, whose progress is told apart by name. */
export interface KernelContext extends BuildSettings, Omit<ProviderContext, 'onProgress' | 'pin'> {
  /** By name of the build; undefined: it is not locked. */
  readonly pinOf?: (name: string) => KernelPin | undefined;
  readonly onProgress: (progress: KernelProgress) => void;
}

export type KernelProgress = (FetchProgress | StepProgress) & {
  /** The kernel's name in the matrix. */
  readonly kernel: string;
};
