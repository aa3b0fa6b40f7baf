/** What the probe image writes to the first UART. */
export const PROBE_MARK = 'kmx-probe';

const LOAD_ADDRESS = 0x100000;
const HEADER_WORDS = 8;

/**
 * The smallest guest that QEMU's `-kernel` takes: it writes PROBE_MARK to the UART and resets the
 * machine. A Multiboot image (GNU Multiboot Specification 0.6.96, "a.out kludge"), so the firmware
 * runs first and the code starts in 32-bit protected mode.
 */
export function makeProbeImage(): Uint8Array {
  const writes = [...Buffer.from(PROBE_MARK)].flatMap((byte) => [
    ...[0xb0, byte], // mov al, byte
    0xee, // out dx, al
  ]);
  const code = Buffer.from([
    ...[0x66, 0xba, 0xf8, 0x03], // mov dx, 0x3f8: data register of the first UART
    ...writes,
    ...[0xb0, 0xfe, 0xe6, 0x64], // mov al, 0xfe; out 0x64, al: the keyboard controller resets
    ...[0xf4, 0xeb, 0xfd], // hlt; jmp to the hlt
  ]);
  const magic = 0x1badb002;
  const hasAddresses = 0x10000;
  const start = LOAD_ADDRESS + 4 * HEADER_WORDS;
  const end = start + code.length;
  const words = [
    ...[magic, hasAddresses, -(magic + hasAddresses)],
    ...[LOAD_ADDRESS, LOAD_ADDRESS, end, end, start], // header, load, load end, bss end, entry
  ];
  const header = Buffer.alloc(4 * HEADER_WORDS);
  words.forEach((word, index) => {
    header.writeUInt32LE(word >>> 0, 4 * index);
  });
  return Buffer.concat([header, code]);
}
