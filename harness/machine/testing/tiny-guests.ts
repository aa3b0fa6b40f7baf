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
} as const;

/** Writes the guest's image into the folder, and returns the spec that boots it. */
export async function tinyGuest(folder: string, name: keyof typeof TINY_GUESTS) {
  const kernel = join(folder, name);
  await writeFile(kernel, makeMultibootImage([...writeSerial('ready\n'), ...TINY_GUESTS[name]]));
  return { kernel, bootParameters: [], cpus: 1, memoryMib: 64 };
}
