import type { ArchiveContext } from '../debian/archive-context.ts';
import type { FetchProgress } from '../debian/fetch-progress.ts';
import type { BuildSettings } from './source/build-context.ts';
import type { StepProgress } from './source/step-progress.ts';

/** What every provider of kernels gets in addition to the kernel's source. */
export type ProviderContext = ArchiveContext;

/** The same for several kernels, whose progress is told apart by name. */
export interface KernelContext extends BuildSettings, Omit<ProviderContext, 'onProgress'> {
  readonly onProgress: (progress: KernelProgress) => void;
}

export type KernelProgress = (FetchProgress | StepProgress) & {
  /** The kernel's name in the matrix. */
  readonly kernel: string;
};
