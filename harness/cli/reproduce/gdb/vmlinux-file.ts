/** Looks on this host for the file with debugging information of the kernel that a guest runs. */
import { existsSync } from 'node:fs';
import { type FileHandle, open, readdir, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildIdIn } from '../../../gdb/build-id.ts';

export interface VmlinuxFile {
  readonly path: string;
  /** Where its first byte would be without KASLR. */
  readonly baseAddress: bigint;
  /** What the kernel's build has made for gdb; absent: it did not. */
  readonly scripts?: string;
}

/** Where distributions and kernel builds put it. */
function placesOf(release: string, buildId: string): readonly string[] {
  const [folder, file] = [buildId.slice(0, 2), buildId.slice(2)];
  return [
    `/usr/lib/debug/.build-id/${folder}/${file}.debug`,
    `/usr/lib/debug/boot/vmlinux-${release}`,
    `/usr/lib/debug/lib/modules/${release}/vmlinux`,
    `/boot/vmlinux-${release}`,
    `/lib/modules/${release}/build/vmlinux`,
  ];
}

export interface VmlinuxSearch {
  readonly release: string;
  /** Of the kernel that runs; only a file of the same build counts. */
  readonly buildId: string;
  /** Has the objects of kernels that were built. */
  readonly cacheRoot: string;
  /** The image that was booted, if the user has named it. */
  readonly image?: string;
}

export async function findVmlinux(search: VmlinuxSearch): Promise<VmlinuxFile | undefined> {
  const { release, buildId, cacheRoot, image } = search;
  const built = join(cacheRoot, 'objects');
  const entries = await readdir(built).catch(() => []);
  const beside = image === undefined ? [] : besideImage(image);
  const own = entries.map((entry) => join(built, entry, 'out/vmlinux'));
  for (const path of [...beside, ...own, ...placesOf(release, buildId)]) {
    const found = await readVmlinux(path, buildId);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A build leaves the image in arch/x86/boot. */
function besideImage(image: string): readonly string[] {
  const folder = dirname(image);
  return [join(folder, 'vmlinux'), join(folder, '../../../vmlinux')];
}

const HEADER_BYTES = 64;
const SEGMENT_BYTES = 56;
const SEGMENTS_MAX = 64;
const SEGMENT_LOAD = 1;
const SEGMENT_NOTE = 4;
const NOTE_BYTES_MAX = 1024 * 1024;
const SYMBOL_TABLE = 2;
const SECTION_BYTES = 64;

/** Only parts are read: the whole file may have a gigabyte. Undefined if it is not of this build. */
async function readVmlinux(path: string, buildId: string): Promise<VmlinuxFile | undefined> {
  await using file = await open(path).catch(() => undefined);
  if (file === undefined) return undefined;
  const header = await readAt(file, 0, HEADER_BYTES);
  if (header.length < HEADER_BYTES || header.readUInt32BE(0) !== 0x7f454c46) return undefined;
  const count = Math.min(header.readUInt16LE(56), SEGMENTS_MAX);
  const table = await readAt(file, Number(header.readBigUInt64LE(32)), count * SEGMENT_BYTES);
  let baseAddress: bigint | undefined;
  let isSame = false;
  for (let at = 0; at + SEGMENT_BYTES <= table.length; at += SEGMENT_BYTES) {
    const type = table.readUInt32LE(at);
    if (type === SEGMENT_LOAD) baseAddress ??= table.readBigUInt64LE(at + 16);
    if (type !== SEGMENT_NOTE) continue;
    const bytes = Math.min(Number(table.readBigUInt64LE(at + 32)), NOTE_BYTES_MAX);
    const notes = await readAt(file, Number(table.readBigUInt64LE(at + 8)), bytes);
    isSame ||= buildIdIn(notes) === buildId;
  }
  if (!isSame || baseAddress === undefined || !(await hasSymbols(file, header))) return undefined;
  const scripts = join(dirname(await realpath(path)), 'vmlinux-gdb.py');
  return { path, baseAddress, ...(existsSync(scripts) ? { scripts } : {}) };
}

/** What is taken out of an image for booting has none. */
async function hasSymbols(file: FileHandle, header: Buffer): Promise<boolean> {
  const count = header.readUInt16LE(60);
  const table = await readAt(file, Number(header.readBigUInt64LE(40)), count * SECTION_BYTES);
  for (let at = 0; at + SECTION_BYTES <= table.length; at += SECTION_BYTES) {
    if (table.readUInt32LE(at + 4) === SYMBOL_TABLE) return true;
  }
  return false;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
