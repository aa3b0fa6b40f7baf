import type { HandedFiles } from './handed-files.ts';
import type { QemuProcess } from './qemu-process.ts';

/** A place where QEMU runs: on this host, or in a container on it. */
export interface ProcessStarter {
  /** Rejects with an InfraError if the program cannot be started. */
  start(commandLine: readonly string[], files?: HandedFiles): Promise<QemuProcess>;
  /** What `start` has to be given so that the process does not outlive this one. */
  guarded(commandLine: readonly string[]): readonly string[];
  /**
   * A folder in shared memory. If it is there, processes open files by name instead of inheriting
   * them, and the name is removed.
   */
  readonly memoryFolder?: string;
}
