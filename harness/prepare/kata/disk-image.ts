/** What file system a disk image has, and where: with a table of partitions or without. */
import { type FileHandle, open } from 'node:fs/promises';

export interface FileSystem {
  readonly kind: 'ext4' | 'erofs' | 'squashfs' | 'xfs';
  /** Where it begins, in bytes. */
  readonly offset: number;
}

const SECTOR_BYTES = 512;
/** Of the UEFI specification: more have no standard table. */
const PARTITIONS_MAX = 128;

/** Superblocks, by the bytes that identify them (kernel fs/ext4/ext4.h, fs/erofs/erofs_fs.h, …). */
const SUPERBLOCKS = [
  { kind: 'ext4', at: 1024 + 56, mark: '53ef' },
  { kind: 'erofs', at: 1024, mark: 'e2e1f5e0' },
  { kind: 'squashfs', at: 0, mark: '68737173' },
  { kind: 'xfs', at: 0, mark: '58465342' },
] as const;

/** The first one; undefined if there is none that is known. */
export async function findFileSystem(path: string): Promise<FileSystem | undefined> {
  await using file = await open(path);
  for (const offset of [0, ...(await partitionsOf(file))]) {
    const head = await readAt(file, offset, 2048);
    for (const { kind, at, mark } of SUPERBLOCKS) {
      if (head.toString('hex', at, at + mark.length / 2) === mark) return { kind, offset };
    }
  }
  return undefined;
}

/** Where partitions begin, in bytes: of an MBR's four entries, or of a GPT (UEFI 2.10, 5.2 and 5.3). */
async function partitionsOf(file: FileHandle): Promise<number[]> {
  const table = await readAt(file, 0, SECTOR_BYTES);
  if (table.length < SECTOR_BYTES || table.readUInt16LE(510) !== 0xaa55) return [];
  const entries = [446, 462, 478, 494].map((at) => ({
    type: table.readUInt8(at + 4),
    start: table.readUInt32LE(at + 8) * SECTOR_BYTES,
  }));
  const isGpt = entries.some(({ type }) => type === 0xee);
  if (isGpt) return await partitionsOfGpt(file);
  return entries.filter(({ type, start }) => type !== 0 && start > 0).map(({ start }) => start);
}

async function partitionsOfGpt(file: FileHandle): Promise<number[]> {
  const header = await readAt(file, SECTOR_BYTES, 92);
  if (header.length < 92 || header.toString('latin1', 0, 8) !== 'EFI PART') return [];
  const size = header.readUInt32LE(84);
  const count = Math.min(header.readUInt32LE(80), PARTITIONS_MAX);
  if (size < 128 || size > 4096) return [];
  const table = await readAt(file, toOffset(header.readBigUInt64LE(72)), size * count);
  const starts: number[] = [];
  for (let at = 0; at + size <= table.length; at += size) {
    const start = toOffset(table.readBigUInt64LE(at + 32));
    if (start > 0) starts.push(start);
  }
  return starts;
}

/** 0 for what no file is long enough for. */
function toOffset(sector: bigint): number {
  const offset = Number(sector) * SECTOR_BYTES;
  return Number.isSafeInteger(offset) ? offset : 0;
}

/** Fewer bytes at the end of the file. */
async function readAt(file: FileHandle, offset: number, bytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, offset);
  return buffer.subarray(0, bytesRead);
}
