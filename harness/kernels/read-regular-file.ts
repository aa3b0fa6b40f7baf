import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';

/** The path names something that is not read: no regular file, or one that is too large. */
export class FileFault extends Error {}

export interface ReadLimits {
  /** A larger file is refused. */
  readonly bytesMax: number;
  /** Reads only the first bytes. Absent: the whole file. */
  readonly headBytes?: number;
}

/**
 * The content of a regular file. Neither waits for a FIFO's writer nor opens a device, and reads no
 * more than the size that the file had when it was opened: files of /proc, whose size is 0, are
 * empty. Throws a FileFault whose message is a noun phrase, "a FIFO"; rejects as `fs` does if the
 * file cannot be read.
 */
export async function readRegularFile(path: string, limits: ReadLimits): Promise<Buffer> {
  // Opening alone can act on a device: /dev/watchdog starts to count down.
  check(await stat(path), limits);
  await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const stats = await file.stat();
  check(stats, limits);
  return readBytes(file, Math.min(stats.size, limits.headBytes ?? stats.size));
}

function check(stats: Stats, { bytesMax }: ReadLimits): void {
  if (!stats.isFile()) throw new FileFault(kindOf(stats));
  if (stats.size <= bytesMax) return;
  throw new FileFault(`a file of ${toMib(stats.size)} MiB, more than ${toMib(bytesMax)} MiB`);
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a FIFO';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}

async function readBytes(file: FileHandle, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let end = 0;
  while (end < length) {
    const { bytesRead } = await file.read(buffer, end, length - end, end);
    if (bytesRead === 0) break;
    end += bytesRead;
  }
  return buffer.subarray(0, end);
}

function toMib(bytes: number): number {
  return Math.ceil(bytes / 1024 / 1024);
}
