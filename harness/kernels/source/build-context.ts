import type { ArchiveContext } from '../../debian/archive-context.ts';
import type { FetchProgress } from '../../debian/fetch-progress.ts';
import type { KernelPin } from '../kernel-image.ts';
import type { Compiler } from './compiler.ts';
import type { StepProgress } from './step-progress.ts';

/** What kernels are built with; nothing is run but what says which it is. */
export type FindCompiler = (context: ArchiveContext) => Promise<Compiler>;

/** How kernels are built, as far as the matrix does not say it. */
export interface BuildSettings {
  /** Absent: the process's own (`default-compiler.ts`). Asked for only where something depends on it. */
  readonly compiler?: FindCompiler;
  /** The file with the configuration of another kernel of the matrix, fetched first if need be. */
  readonly configOf?: (kernel: string) => Promise<string>;
  /** Ends all work; nothing half-done is left. */
  readonly signal?: AbortSignal;
}

/** What builders of kernels get in addition to the kernel's source. */
export interface BuildContext extends BuildSettings, Omit<ArchiveContext, 'onProgress'> {
  readonly onProgress: (progress: FetchProgress | StepProgress) => void;
  /** Of the build, as a lock has it. */
  readonly name?: string;
  /** Exactly what is to be used and to come of it; from a lock. */
  readonly pin?: KernelPin;
}
