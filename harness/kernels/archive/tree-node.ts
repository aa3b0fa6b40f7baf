/** What a tree of files consists of. */

/** A file, and where its content is. */
export interface TreeFile {
  readonly kind: 'file';
  /** Which archive, in the order in which they were added. */
  readonly archive: number;
  /** Which entry of that archive. */
  readonly entry: number;
  readonly bytes: number;
}

export interface Link {
  readonly kind: 'link';
  readonly archive: number;
  readonly target: string;
}

export interface Folder {
  readonly kind: 'folder';
  /** The last archive that has it. */
  archive: number;
  readonly children: Map<string, Node>;
}

export type Node = Folder | Link | TreeFile;
