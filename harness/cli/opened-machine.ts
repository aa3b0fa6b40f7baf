/** A machine of the matrix as it was found on this host. */
import type { MachineFacts } from '../events.ts';
import type { KernelProgress } from '../kernels/kernel-context.ts';
import type { QemuHost } from '../machine/qemu/find-qemu.ts';
import type { Matrix, Plan } from '../matrix/matrix.ts';
import type { ResolvedKernels } from '../prepare/run-inputs.ts';
import type { RunMachine } from '../run/plan-options.ts';

export interface OpenedMachine extends RunMachine {
  /** Absent where this host cannot provide it. */
  readonly facts?: MachineFacts;
  /** Digests of what a run may only be resumed with, by name. */
  readonly digests: Readonly<Record<string, string>>;
}

export interface OpenMachinesOptions {
  readonly matrix: Matrix;
  readonly plan: Plan;
  readonly kernels: Promise<ResolvedKernels>;
  readonly cacheRoot: string;
  readonly jobs: number;
  /** False: every guest boots. */
  readonly hasTemplates: boolean;
  /** The host's QEMU; that it cannot be found only matters if a cell needs it. */
  readonly findQemu: () => Promise<QemuHost>;
  /** For an emulator that is fetched first. */
  readonly mirror?: string;
  readonly offline?: boolean;
  readonly onProgress: (progress: KernelProgress) => void;
  /** For what is to be disposed of at the end of the run. */
  readonly resources: AsyncDisposableStack;
}
