import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';

/**
 * Settles when somebody has read the stream to its end, at once if nobody reads it: what nobody
 * reads has no end. Call it when the writing side is gone.
 */
export async function waitUntilRead(stream: Readable): Promise<void> {
  const isRead = stream.readableFlowing !== null || stream.listenerCount('readable') > 0;
  if (!isRead) return;
  // A reset (QEMU was killed with bytes of ours unread) and a stream that was destroyed are ends
  // as well: who wants to know how the guest ended looks at MachineExit.
  await finished(stream, { writable: false }).catch(() => undefined);
}
