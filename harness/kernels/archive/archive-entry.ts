/** What is in an archive, whatever its format, in the order of the archive. */
export type ArchiveEntry = {
  /** Relative to the archive's root, without `.`, `..` and empty names. */
  readonly path: string;
} & (
  | {
      readonly kind: 'file';
      /** Of its content, as the archive says. */
      readonly bytes: number;
      /** To be read before the next entry is asked for; what is left of it is skipped. */
      readonly content: AsyncIterable<Uint8Array>;
      /** The same for all names of a file with several, of which only one has the content. */
      readonly inode?: string;
    }
  | { readonly kind: 'folder' }
  /** A symbolic link, as written. */
  | { readonly kind: 'link'; readonly target: string }
  /** Another name of a file that came before. */
  | { readonly kind: 'same-file'; readonly target: string }
  /** A device, a FIFO or a socket: never made. */
  | { readonly kind: 'other' }
);

/**
 * An archive is not what it should be, or would do harm. The message is a noun phrase, "a tar archive
 * that is cut short", and may be shown to people.
 */
export class ArchiveFault extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ArchiveFault';
  }
}
