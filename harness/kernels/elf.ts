/**
 * Reads the few parts of an ELF file that the harness asks about: what a vmlinux is, what a kernel
 * module depends on, which libraries a program wants. Our own code, because a user's file must not
 * be run to be asked (as ldd does), and npm has no maintained library. Layouts: elf(5).
 *
 * Files may be hostile. Every part that is gone through has a limit that no real kernel, module or
 * program comes near, so that the work stays linear in the size of the file.
 */

export const ELF_X86_64 = 62;

/** `e_type` of a program with fixed addresses, and of a library or movable program. */
export const ELF_PROGRAM = 2;
export const ELF_LIBRARY = 3;

export interface ElfSegment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

export interface ElfFile {
  readonly bytes: Buffer;
  /** `e_type`, for example `ELF_LIBRARY`. */
  readonly type: number;
  /** `e_machine`, for example `ELF_X86_64`. */
  readonly machine: number;
  readonly segments: readonly ElfSegment[];
}

const SEGMENT_DYNAMIC = 2;
const SEGMENT_INTERPRETER = 3;
const SEGMENT_NOTE = 4;
const SEGMENT_LOAD = 1;

/** A vmlinux has 5, a program about 12. */
const SEGMENTS_MAX = 256;
/** Of all notes or the dynamic section; those of real files take a few KiB. */
const PART_BYTES_MAX = 1024 * 1024;
/** PATH_MAX of Linux. */
const TEXT_BYTES_MAX = 4096;
/** Libraries that a file names, and folders to search for them. */
const NEEDED_MAX = 256;
const FOLDERS_MAX = 64;

/** The bytes are not an ELF file of 64 bits, or contradict themselves. */
export class ElfFault extends Error {}

export function isElf(bytes: Buffer): boolean {
  return bytes.length >= 4 && bytes.readUInt32BE(0) === 0x7f454c46;
}

/** Throws an ElfFault unless this is a little-endian ELF file of 64 bits with a sound header. */
export function parseElf(bytes: Buffer): ElfFile {
  if (!isElf(bytes)) throw new ElfFault('no ELF file');
  if (bytes.length < 64) throw new ElfFault('an ELF file that is cut in its header');
  if (bytes[4] !== 2 || bytes[5] !== 1) {
    throw new ElfFault('an ELF file that is not of 64 bits and little-endian');
  }
  const count = bytes.readUInt16LE(56);
  if (count > SEGMENTS_MAX) throw new ElfFault(`an ELF file of ${count} segments`);
  const table = slice(bytes, readOffset(bytes, 32), count * bytes.readUInt16LE(54));
  const segments: ElfSegment[] = [];
  for (let index = 0; index < count; index++) {
    const header = slice(table, index * bytes.readUInt16LE(54), 56);
    segments.push({
      type: header.readUInt32LE(0),
      offset: readOffset(header, 8),
      // A kernel's addresses use all 64 bits: only those of programs are ever looked up.
      address: Number(header.readBigUInt64LE(16)),
      size: readOffset(header, 32),
    });
  }
  return { bytes, type: bytes.readUInt16LE(16), machine: bytes.readUInt16LE(18), segments };
}

/** The bytes of the section with that name, or undefined if there is none. */
export function readSection(elf: ElfFile, name: string): Buffer | undefined {
  const { bytes } = elf;
  const size = bytes.readUInt16LE(58);
  const count = bytes.readUInt16LE(60);
  if (count === 0) return undefined;
  const table = slice(bytes, readOffset(bytes, 40), count * size);
  const section = (index: number) => {
    const header = slice(table, index * size, 64);
    return {
      name: header.readUInt32LE(0),
      body: () => slice(bytes, readOffset(header, 24), readOffset(header, 32)),
    };
  };
  const names = section(bytes.readUInt16LE(62)).body();
  const wanted = Buffer.from(`${name}\0`, 'latin1');
  for (let index = 1; index < count; index++) {
    const candidate = section(index);
    const found = names.subarray(candidate.name, candidate.name + wanted.length);
    if (found.equals(wanted)) return candidate.body();
  }
  return undefined;
}

/** Whether the file has a note with that owner and type. */
export function hasNote(elf: ElfFile, owner: string, type: number): boolean {
  const wanted = Buffer.from(`${owner}\0`, 'latin1');
  return segmentsOf(elf, SEGMENT_NOTE).some((body) => {
    for (let at = 0; at + 12 <= body.length; ) {
      const nameSize = body.readUInt32LE(at);
      const name = body.subarray(at + 12, at + 12 + nameSize);
      if (body.readUInt32LE(at + 8) === type && name.equals(wanted)) return true;
      at += 12 + alignToFour(nameSize) + alignToFour(body.readUInt32LE(at + 4));
    }
    return false;
  });
}

/** How a program is put together when it starts. If all are absent or empty, it is static. */
export interface DynamicParts {
  /** Path of the loader, `/lib64/ld-linux-x86-64.so.2`. */
  readonly interpreter?: string;
  /** Names of the libraries that it needs, as written. */
  readonly needed: readonly string[];
  /** Folders in which it looks for them (DT_RUNPATH, else DT_RPATH), as written. */
  readonly searchFolders: readonly string[];
}

const TAG_END = 0;
const TAG_NEEDED = 1;
const TAG_STRINGS = 5;
const TAG_RPATH = 15;
const TAG_RUNPATH = 29;

export function readDynamicParts(elf: ElfFile): DynamicParts {
  const interpreter = segmentsOf(elf, SEGMENT_INTERPRETER)[0];
  const dynamic = segmentsOf(elf, SEGMENT_DYNAMIC)[0] ?? Buffer.alloc(0);
  const tags: { readonly tag: number; readonly value: number }[] = [];
  for (let at = 0; at + 16 <= dynamic.length; at += 16) {
    const tag = Number(dynamic.readBigUInt64LE(at));
    if (tag === TAG_END) break;
    tags.push({ tag, value: Number(dynamic.readBigUInt64LE(at + 8)) });
  }
  const strings = tags.find(({ tag }) => tag === TAG_STRINGS);
  const texts = (wanted: number) => {
    const values = tags.filter(({ tag }) => tag === wanted).map(({ value }) => value);
    if (values.length === 0) return [];
    if (!strings) throw new ElfFault('an ELF file whose dynamic section has no strings');
    if (values.length > NEEDED_MAX) throw new ElfFault(`an ELF file with ${values.length} needs`);
    const table = elf.bytes.subarray(fileOffset(elf, strings.value));
    return values.map((value) => readString(table, value));
  };
  const runPath = texts(TAG_RUNPATH);
  const paths = runPath.length > 0 ? runPath : texts(TAG_RPATH);
  const folders = paths.flatMap((text) => text.split(':')).filter((folder) => folder !== '');
  if (folders.length > FOLDERS_MAX) {
    throw new ElfFault(`an ELF file that searches ${folders.length} folders`);
  }
  return {
    ...(interpreter ? { interpreter: readString(interpreter, 0) } : {}),
    needed: texts(TAG_NEEDED),
    searchFolders: folders,
  };
}

function segmentsOf({ bytes, segments }: ElfFile, type: number): readonly Buffer[] {
  const found = segments.filter((segment) => segment.type === type);
  const total = found.reduce((sum, { size }) => sum + size, 0);
  if (total > PART_BYTES_MAX) throw new ElfFault(`an ELF file with a header of ${total} bytes`);
  return found.map(({ offset, size }) => slice(bytes, offset, size));
}

function fileOffset({ segments }: ElfFile, address: number): number {
  const segment = segments.find(
    ({ type, address: begin, size }) =>
      type === SEGMENT_LOAD && address >= begin && address < begin + size,
  );
  if (!segment) throw new ElfFault('an ELF file that points outside of itself');
  return segment.offset + (address - segment.address);
}

function slice(bytes: Buffer, offset: number, size: number): Buffer {
  if (offset + size > bytes.length) throw new ElfFault('an ELF file that is cut short');
  return bytes.subarray(offset, offset + size);
}

function readOffset(bytes: Buffer, at: number): number {
  const value = bytes.readBigUInt64LE(at);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new ElfFault('an ELF file that points outside of itself');
  }
  return Number(value);
}

function readString(table: Buffer, at: number): string {
  const text = table.subarray(at, at + TEXT_BYTES_MAX);
  const end = text.indexOf(0);
  if (end < 0) throw new ElfFault('an ELF file with an endless string');
  return text.toString('latin1', 0, end);
}

/** Not by bits, which would make a size near 4 GiB negative. */
function alignToFour(size: number): number {
  return Math.ceil(size / 4) * 4;
}
