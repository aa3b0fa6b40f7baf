import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';

/**
 * Resolves once the stream has been read to its end, or soon if it has no reader, since an unread
 * stream never ends. Call it when the writing side is gone. Never rejects.
 */
export async function waitUntilRead(stream: Readable): Promise<void> {
  // Gives whoever has just received the stream the chance to start reading.
  await setImmediate();
  const isRead = stream.readableFlowing !== null || stream.listenerCount('readable') > 0;
  if (!isRead) return;
  // A reset (QEMU was killed before it read all of our bytes) or a destroyed stream is an end, too:
  // how the guest ended is in MachineExit.
  await finished(stream, { writable: false }).catch(() => undefined);
}
