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

const SEGMENT_NOTE = 4;

/** A vmlinux has 5, a program about 12. */
const SEGMENTS_MAX = 256;
/** Of all notes or the dynamic section; those of real files take a few KiB. */
const PART_BYTES_MAX = 1024 * 1024;

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

/** The bytes of all segments of a type. */
export function segmentsOf({ bytes, segments }: ElfFile, type: number): readonly Buffer[] {
  const found = segments.filter((segment) => segment.type === type);
  const total = found.reduce((sum, { size }) => sum + size, 0);
  if (total > PART_BYTES_MAX) throw new ElfFault(`an ELF file with a header of ${total} bytes`);
  return found.map(({ offset, size }) => slice(bytes, offset, size));
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

/** Not by bits, which would make a size near 4 GiB negative. */
function alignToFour(size: number): number {
  return Math.ceil(size / 4) * 4;
}
