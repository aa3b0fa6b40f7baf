/**
 * Writes cpio archives in the `newc` format, which the kernel unpacks at boot (kernel
 * Documentation/driver-api/early-userspace/buffer-format.rst). Written by hand, since npm has no
 * maintained writer that knows device nodes, and the same entries must give the same bytes on every
 * host.
 */
import { completeTree, type FileEntry } from '../file-entry.ts';

// inode(7), file type bits.
const TYPE_BITS = {
  directory: 0o040000,
  file: 0o100000,
  link: 0o120000,
  'character-device': 0o020000,
};

/**
 * The archive of some entries, in parts to be written one after the other. Parent folders are
 * added. Everything belongs to root and has no time. Throws a TypeError for a path that is not
 * absolute and plain, or that occurs twice.
 */
export function formatCpio(entries: readonly FileEntry[]): Buffer[] {
  const parts: Buffer[] = [];
  completeTree(entries).forEach((entry, index) => {
    // No leading slash: the kernel unpacks into its root, and cpio(1) would complain.
    parts.push(formatHeader(entry, index + 1), ...pad(contentOf(entry)));
  });
  parts.push(formatTrailer());
  return parts;
}

function contentOf(entry: FileEntry): Buffer {
  switch (entry.kind) {
    case 'file':
      return entry.content;
    case 'link':
      return Buffer.from(entry.target);
    default:
      return Buffer.alloc(0);
  }
}

function formatHeader(entry: FileEntry, inode: number): Buffer {
  const isDevice = entry.kind === 'character-device';
  return formatFields(entry.path.slice(1), {
    inode,
    mode: TYPE_BITS[entry.kind] | (entry.kind === 'link' ? 0o777 : entry.mode),
    links: entry.kind === 'directory' ? 2 : 1,
    size: contentOf(entry).length,
    major: isDevice ? entry.major : 0,
    minor: isDevice ? entry.minor : 0,
  });
}

function formatTrailer(): Buffer {
  return formatFields('TRAILER!!!', { inode: 0, mode: 0, links: 1, size: 0, major: 0, minor: 0 });
}

interface Fields {
  readonly inode: number;
  readonly mode: number;
  readonly links: number;
  readonly size: number;
  readonly major: number;
  readonly minor: number;
}

function formatFields(name: string, { inode, mode, links, size, major, minor }: Fields): Buffer {
  const encoded = Buffer.from(`${name}\0`);
  // uid, gid, time, device of the archive and checksum are all 0.
  const numbers = [inode, mode, 0, 0, links, 0, size, 0, 0, major, minor, encoded.length, 0];
  const hexadecimal = numbers.map((number) => number.toString(16).padStart(8, '0').toUpperCase());
  return Buffer.concat(pad(Buffer.concat([Buffer.from(`070701${hexadecimal.join('')}`), encoded])));
}

/** The bytes, and zeros up to a multiple of four. */
function pad(bytes: Buffer): Buffer[] {
  const rest = bytes.length % 4;
  return rest === 0 ? [bytes] : [bytes, Buffer.alloc(4 - rest)];
}
