import type { Guest } from '../channel/guest.ts';
import type { CpioEntry } from '../prepare/newc.ts';

/** In base64 well below the 4 MiB of a frame; several are on their way at a time. */
const PIECE_BYTES = 512 * 1024;

/** Puts files into a guest that is up, as if they had been in its initramfs. */
export async function installFiles(guest: Guest, entries: readonly CpioEntry[]): Promise<void> {
  for (const entry of entries) {
    if (entry.kind !== 'file') {
      throw new Error(`Expected only files to install, found the ${entry.kind} ${entry.path}`);
    }
    const { path, mode, content } = entry;
    for (let offset = 0; offset < Math.max(content.length, 1); offset += PIECE_BYTES) {
      const data = content.subarray(offset, offset + PIECE_BYTES).toString('base64');
      await guest.request('install-file', { path, mode, offset, data });
    }
  }
}
