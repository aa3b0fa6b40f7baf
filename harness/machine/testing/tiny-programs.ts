/** Programs of a few instructions that need nothing, written by hand as no compiler is at hand for tests. */

const ADDRESS = 0x400000n;
const HEADER_BYTES = 64;
const SEGMENT_BYTES = 56;

/** Programs for x86_64; each uses the system calls of the kernel's syscall_64.tbl. */
export const TINY_PROGRAMS = {
  /** Waits for a signal (34, pause), again and again. */
  wait: elf([0xb8, 34, 0, 0, 0, 0x0f, 0x05, 0xeb, 0xf7]),
  /** Writes `no host` to stderr (1, write), then waits for a signal (34, pause), again and again. */
  complain: elf([
    ...[0xb8, 1, 0, 0, 0, 0xbf, 2, 0, 0, 0], // mov eax, 1; mov edi, 2
    ...[0x48, 0x8d, 0x35, 16, 0, 0, 0], // lea rsi, [rip + 16]: the text behind the code
    ...[0xba, 8, 0, 0, 0, 0x0f, 0x05], // mov edx, 8; syscall
    ...[0xb8, 34, 0, 0, 0, 0x0f, 0x05, 0xeb, 0xf7], // mov eax, 34; syscall; jmp back
    ...Buffer.from('no host\n'),
  ]),
  /** Writes `no way` to stderr (1, write) and ends with 3 (60, exit). */
  end: elf([
    ...[0xb8, 1, 0, 0, 0, 0xbf, 2, 0, 0, 0], // mov eax, 1; mov edi, 2
    ...[0x48, 0x8d, 0x35, 21, 0, 0, 0], // lea rsi, [rip + 21]: the text behind the code
    ...[0xba, 7, 0, 0, 0, 0x0f, 0x05], // mov edx, 7; syscall
    ...[0xb8, 60, 0, 0, 0, 0xbf, 3, 0, 0, 0, 0x0f, 0x05], // mov eax, 60; mov edi, 3; syscall
    ...[0x90, 0x90], // nop
    ...Buffer.from('no way\n'),
  ]),
  /** Writes to one page of its memory after the other: mov [rdi], al; add edi, 4096; jmp back. */
  eat: elf([0xbf, 0, 0, 0x50, 0, 0x88, 0x07, 0x81, 0xc7, 0, 0x10, 0, 0, 0xeb, 0xf6], 1n << 30n),
} as const;

/**
 * An ELF file with one segment, which holds all of it (elf(5)).
 * @param memoryBytes How long the segment is in memory.
 */
function elf(code: readonly number[], memoryBytes = 0x1000n): Buffer {
  const start = HEADER_BYTES + SEGMENT_BYTES;
  const file = Buffer.concat([Buffer.alloc(start), Buffer.from(code)]);
  file.write('\x7fELF\x02\x01\x01', 'latin1'); // 64 bits, little-endian, version 1
  file.writeUInt16LE(2, 16); // ET_EXEC
  file.writeUInt16LE(62, 18); // EM_X86_64
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(ADDRESS + BigInt(start), 24); // entry
  file.writeBigUInt64LE(BigInt(HEADER_BYTES), 32); // program headers
  file.writeUInt16LE(HEADER_BYTES, 52);
  file.writeUInt16LE(SEGMENT_BYTES, 54);
  file.writeUInt16LE(1, 56);
  file.writeUInt32LE(1, HEADER_BYTES); // PT_LOAD
  file.writeUInt32LE(7, HEADER_BYTES + 4); // readable, writable, executable
  file.writeBigUInt64LE(ADDRESS, HEADER_BYTES + 16);
  file.writeBigUInt64LE(ADDRESS, HEADER_BYTES + 24);
  file.writeBigUInt64LE(BigInt(file.length), HEADER_BYTES + 32);
  file.writeBigUInt64LE(memoryBytes, HEADER_BYTES + 40);
  file.writeBigUInt64LE(0x1000n, HEADER_BYTES + 48);
  return file;
}
