import type { GuestChannel } from '../channel/guest-channel.ts';
import type { FileEntry } from '../file-entry.ts';

/** Well below the limit of a frame, 4 MiB. */
const PIECE_BYTES = 1024 * 1024;

/** Writes files into a running guest, as if they had been in its initramfs. */
export async function installFiles(
  { call }: Pick<GuestChannel, 'call'>,
  entries: readonly FileEntry[],
  timeoutMs: number,
): Promise<void> {
  for (const entry of entries) {
    if (entry.kind !== 'file') {
      throw new Error(`Expected only files to install, found the ${entry.kind} ${entry.path}`);
    }
    const { path, mode, content } = entry;
    for (let offset = 0; offset < Math.max(content.length, 1); offset += PIECE_BYTES) {
      const piece = content.subarray(offset, offset + PIECE_BYTES);
      await call('install-file', { path, mode, offset }, timeoutMs, piece);
    }
  }
}
