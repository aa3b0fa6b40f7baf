/** Room in /dev/shm: what is free, less what open files may still grow to. */
import {
  type BigIntStats,
  fstatSync,
  readdirSync,
  readlinkSync,
  statfsSync,
  statSync,
} from 'node:fs';

export const SHARED_MEMORY = '/dev/shm';
/** Linux include/uapi/linux/magic.h */
const TMPFS_MAGIC = 0x01021994n;
/** stat(2): st_blocks counts these, whatever the file system's own are. */
const BLOCK_BYTES = 512n;

/**
 * Whether there is room for an open file of /dev/shm, up to its length, and for all the other open
 * ones. Only files that processes of this user have open are seen, not those of other users.
 */
export function isRoomFor(descriptor: number): boolean {
  const own = fstatSync(descriptor, { bigint: true });
  const files = new Map([[own.ino, own]]);
  for (const process of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    for (const file of openFilesOf(process)) if (file.dev === own.dev) files.set(file.ino, file);
  }
  const { type, bavail, bsize } = statfsSync(SHARED_MEMORY, { bigint: true });
  const reserved = [...files.values()].reduce((sum, file) => sum + growthOf(file), 0n);
  return type === TMPFS_MAGIC && reserved <= bavail * bsize;
}

function growthOf({ size, blocks }: BigIntStats): bigint {
  const left = size - blocks * BLOCK_BYTES;
  return left > 0n ? left : 0n;
}

/** Those in /dev/shm. Empty for a process that has just ended, or that we may not inspect. */
function openFilesOf(process: string): readonly BigIntStats[] {
  const folder = `/proc/${process}/fd`;
  try {
    return readdirSync(folder).flatMap((name) => statIfShared(`${folder}/${name}`));
  } catch {
    return [];
  }
}

function statIfShared(path: string): readonly BigIntStats[] {
  try {
    const isShared = readlinkSync(path).startsWith(`${SHARED_MEMORY}/`);
    return isShared ? [statSync(path, { bigint: true })] : [];
  } catch {
    return [];
  }
}
