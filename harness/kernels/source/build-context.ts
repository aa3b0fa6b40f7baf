import type { ArchiveContext } from '../../debian/archive-context.ts';
import type { FetchProgress } from '../../debian/fetch-progress.ts';
import type { KernelPin } from '../kernel-image.ts';
import type { Compiler } from './compiler.ts';
import type { StepProgress } from './step-progress.ts';

/** What kernels are built with. Finding it runs nothing but what tells its version. */
export type FindCompiler = (context: ArchiveContext) => Promise<Compiler>;

/** What builds depend on besides the matrix. */
export interface BuildSettings {
  /** Absent: the process's own (`default-compiler.ts`). Asked for only where something depends on it. */
  readonly compiler?: FindCompiler;
  /** The configuration of another kernel of the matrix, fetched first if need be. */
  readonly configOf?: (kernel: string) => Promise<OtherConfig>;
  /** Ends all work; nothing half-done is left. */
  readonly signal?: AbortSignal;
}

export interface OtherConfig {
  /** The file, absolute. */
  readonly path: string;
  /** It was made here, by what the matrix asks for; otherwise others have built a kernel with it. */
  readonly isOurs: boolean;
}

/** What builders of kernels get in addition to the kernel's source. */
export interface BuildContext extends BuildSettings, Omit<ArchiveContext, 'onProgress'> {
  readonly onProgress: (progress: FetchProgress | StepProgress) => void;
  /** How many kernels of one tree are built at once; default: 1, others wait. See `spreadObjects`. */
  readonly sideBySide?: number;
  /** Nobody waits for it yet: it gets what time of the CPU all others leave. */
  readonly isAhead?: boolean;
  /** Of the build, as a lock has it. */
  readonly name?: string;
  /** What exactly must be used, and result from it, according to a lock. */
  readonly pin?: KernelPin;
}
