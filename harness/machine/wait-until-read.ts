import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';

/**
 * Settles when somebody has read the stream to its end, soon if nobody reads it: what nobody
 * reads has no end. Call it when the writing side is gone.
 */
export async function waitUntilRead(stream: Readable): Promise<void> {
  // Whoever has just been given the stream gets the chance to start reading.
  await setImmediate();
  const isRead = stream.readableFlowing !== null || stream.listenerCount('readable') > 0;
  if (!isRead) return;
  // A reset (QEMU was killed with bytes of ours unread) and a stream that was destroyed are ends
  // as well: who wants to know how the guest ended looks at MachineExit.
  await finished(stream, { writable: false }).catch(() => undefined);
}
