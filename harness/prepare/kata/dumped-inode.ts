/** What `dump.erofs -e --path=…` says of a file. No input or output here. */

export interface DumpedInode {
  readonly type: 'file' | 'link' | 'directory' | 'other';
  readonly bytes: number;
  readonly isCompressed: boolean;
  readonly extents: readonly Extent[];
}

/** All in bytes. */
export interface Extent {
  /** In the file. */
  readonly logical: number;
  /** In the file system. */
  readonly physical: number;
  readonly bytes: number;
}

const TYPES: Readonly<Record<string, DumpedInode['type']>> = {
  'regular file': 'file',
  'symlink file': 'link',
  directory: 'directory',
};

/** Inodes that are not compressed (Linux fs/erofs/erofs_fs.h): FLAT_PLAIN, and FLAT_INLINE with its tail in the inode. */
const FLAT = ['0', '2'];

const SIZE = /^Size: (\d{1,15}) {2}On-disk size: \d+ {2}(.+)$/m;
const LAYOUT = /^NID: \d+ +Links: \d+ +Layout: (\d+)/m;
/** `   1:   299008..  300000 |     992 :       1792..      2784 |     992` */
const EXTENT = /^ *\d+: +(\d{1,15})\.\. *\d+ \| +(\d{1,15}) : +(\d{1,15})\.\. *\d+ \| +\d+$/gm;

/** Undefined if it says that there is no such file. */
export function parseInode(printed: string): DumpedInode | undefined {
  const [, bytes, type = ''] = SIZE.exec(printed) ?? [];
  const layout = LAYOUT.exec(printed)?.[1];
  if (bytes === undefined || layout === undefined) return undefined;
  return {
    type: TYPES[type.trim()] ?? 'other',
    bytes: Number(bytes),
    isCompressed: !FLAT.includes(layout),
    extents: [...printed.matchAll(EXTENT)].map(([, logical, length, physical]) => ({
      ...{ logical: Number(logical), physical: Number(physical), bytes: Number(length) },
    })),
  };
}
