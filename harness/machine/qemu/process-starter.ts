import type { QemuProcess } from './qemu-process.ts';

/** Files that a process is handed. */
export interface HandedFiles {
  /** Its standard input; by default empty. */
  readonly inputFile?: string;
  /** Found at `HANDED_OVER`. */
  readonly memory?: OpenFile;
}

/** A file that is open here. */
export interface OpenFile {
  readonly descriptor: number;
  /** Absent if it has none (any more). */
  readonly name?: string;
}

/** Where a process finds the memory file: the first descriptor after standard error. */
export const HANDED_OVER = '/proc/self/fd/3';

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
