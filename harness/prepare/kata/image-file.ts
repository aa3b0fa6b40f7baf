/** A file in a file system of a disk image, and how to copy it. */
export interface ImageFile {
  readonly image: string;
  /** Where the file system begins, in bytes. */
  readonly offset: number;
  /** In it, from its root. */
  readonly path: string;
}

export interface CopyOptions {
  /** A folder that nobody else writes to. */
  readonly folder: string;
  readonly to: string;
  readonly bytesMax: number;
}

/** As many links as the kernel follows. */
export const LINKS_MAX = 40;
/** A file system that contradicts itself may keep the programs that read it busy for ever. */
export const TIMEOUT_MS = 120_000;
