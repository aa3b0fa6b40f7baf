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
