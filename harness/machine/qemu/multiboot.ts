const LOAD_ADDRESS = 0x100000;
const HEADER_WORDS = 8;

/**
 * A guest made of a few machine instructions, for QEMU's `-kernel`: a Multiboot image (GNU
 * Multiboot Specification 0.6.96, with the addresses in its header). The firmware runs first; the
 * code starts in 32-bit protected mode with interrupts disabled.
 */
export function makeMultibootImage(code: readonly number[]): Uint8Array {
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
  return Buffer.concat([header, Buffer.from(code)]);
}

/** Instructions that write a text to the first UART. */
export function writeSerial(text: string): number[] {
  return [
    ...[0x66, 0xba, 0xf8, 0x03], // mov dx, 0x3f8: the UART's data register
    ...[...Buffer.from(text)].flatMap((byte) => [0xb0, byte, 0xee]), // mov al, byte; out dx, al
  ];
}

/** Instructions that have the keyboard controller reset the machine, and wait for that. */
export function reset(): number[] {
  return [0xb0, 0xfe, 0xe6, 0x64, ...halt()]; // mov al, 0xfe; out 0x64, al
}

/** Instructions that do nothing for ever. */
export function halt(): number[] {
  return [0xf4, 0xeb, 0xfd]; // hlt; jmp to the hlt
}
