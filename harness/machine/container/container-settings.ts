import type { Engine } from './engine.ts';
import type { Images } from './images.ts';
import type { KernelLog } from './kernel-log.ts';
import type { Confinement } from './privileges.ts';
import type { ProcessLimits } from './process-limits.ts';

export interface ContainerMachineOptions {
  /** True: `--privileged`. */
  readonly privileged?: boolean;
  /** As in `Machine`. Default: 1. */
  readonly sparesAhead?: number;
  /** Where each guest's folder for sockets is created; by default the system's temporary folder. */
  readonly temporaryDirectory?: string;
  /** For the engine to start a container, and for init to connect; by default 20 s. */
  readonly startTimeoutMs?: number;
}

/** What all guests of one machine share. */
export interface ContainerSettings {
  readonly engine: Engine;
  readonly images: Images;
  /** This process, as in `ownedPrefix`. */
  readonly owner: string;
  readonly kernelLog: KernelLog;
  readonly confinement: Confinement;
  readonly processLimits: ProcessLimits;
  readonly temporaryDirectory: string | undefined;
  readonly startTimeoutMs: number;
  /** Cgroups of containers that are gone, which could not be removed with them. */
  readonly leftCgroups: Set<string>;
}
