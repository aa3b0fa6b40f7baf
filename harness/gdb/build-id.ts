/** A build's id, which its linker has put into a note (elf(5), `NT_GNU_BUILD_ID`). */

const OWNER = Buffer.from('GNU\0');
const BUILD_ID = 3;
const HEADER_BYTES = 12;

/**
 * In notes as an ELF file or `/sys/kernel/notes` has them.
 * @returns Hexadecimal digits; undefined if there is none.
 */
export function buildIdIn(notes: Buffer): string | undefined {
  for (let at = 0; at + HEADER_BYTES <= notes.length; ) {
    const [ownerBytes, bytes, type] = [0, 4, 8].map((field) => notes.readUInt32LE(at + field));
    if (ownerBytes === undefined || bytes === undefined) return undefined;
    const ownerAt = at + HEADER_BYTES;
    const bodyAt = ownerAt + alignToFour(ownerBytes);
    const owner = notes.subarray(ownerAt, ownerAt + ownerBytes);
    if (type === BUILD_ID && owner.equals(OWNER)) {
      return notes.subarray(bodyAt, bodyAt + bytes).toString('hex');
    }
    at = bodyAt + alignToFour(bytes);
  }
  return undefined;
}

function alignToFour(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}
