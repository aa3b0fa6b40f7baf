import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { halt, makeMultibootImage, reset, writeSerial } from '../qemu/multiboot.ts';

/** Guests that run within tenths of a second and need no kernel. Each prints `ready` first. */
export const TINY_GUESTS = {
  /** Writes 2 to the port of PIIX4's power management that SeaBIOS puts at 0x600: soft off. */
  'power-off': [0x66, 0xba, 0x04, 0x06, 0x66, 0xb8, 0x00, 0x20, 0x66, 0xef, ...halt()],
  reset: reset(),
  halt: halt(),
  /** Writes `x` to the UART for ever: jmp back over mov al, 'x' and out dx, al. */
  flood: [0xb0, 0x78, 0xee, 0xeb, 0xfb],
  flags: writeFlags(),
} as const;

/**
 * Compares with a number, executes cmpxchg8b, and writes what the flags are then to the UART, lowest
 * byte first. The popf before that ends the emulator's block of code.
 */
function writeFlags(): number[] {
  const writeLowByte = [0x88, 0xd8, 0xee, 0xc1, 0xeb, 0x08]; // mov al, bl; out dx, al; shr ebx, 8
  return [
    ...[0xbc, 0x00, 0x00, 0x09, 0x00], // mov esp, 0x90000
    ...[0xbf, 0x00, 0xf0, 0xea, 0x0f], // mov edi, 0x0feaf000
    ...[0x6a, 0x02, 0x9d], // push 2; popf
    ...[0x39, 0xf8], // cmp eax, edi
    ...[0x0f, 0xc7, 0x0d, 0x00, 0x00, 0x08, 0x00], // cmpxchg8b [0x80000]
    ...[0x9c, 0x5b], // pushf; pop ebx
    ...[0x66, 0xba, 0xf8, 0x03], // mov dx, 0x3f8: the UART's data register
    ...[writeLowByte, writeLowByte, writeLowByte, writeLowByte].flat(),
    ...reset(),
  ];
}

/** Writes the guest's image into the folder, and returns the spec that boots it. */
export async function tinyGuest(folder: string, name: keyof typeof TINY_GUESTS) {
  const kernel = join(folder, name);
  await writeFile(kernel, makeMultibootImage([...writeSerial('ready\n'), ...TINY_GUESTS[name]]));
  return { kind: 'vm' as const, kernel, bootParameters: [], cpus: 1, memoryMib: 64 };
}
