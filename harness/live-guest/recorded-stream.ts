import { closeSync, openSync, writeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { asStorageError } from '../cache/storage-error.ts';

/** One byte stream of a guest, kept in a file up to a limit while others look at every byte of it. */
export interface Evidence {
  /** Bytes seen so far, kept or not. */
  readonly bytes: number;
  /** Resolves once `count` bytes were seen, or the stream ended. */
  waitFor(count: number): Promise<void>;
  readonly ended: Promise<void>;
  /** Resolves with the reason once the file takes no more bytes though it should; never otherwise. */
  readonly unkept: Promise<Error>;
}

/**
 * Reads a stream to its end. Beyond `bytesMax` bytes the file only gets a note that says so: a
 * guest that prints without end fills neither disk nor memory. `look` sees all of it, also what a
 * full disk does not take.
 */
export function keepEvidence(
  stream: Readable,
  file: string,
  bytesMax: number,
  look: (chunk: Buffer) => void,
): Evidence {
  const descriptor = openSync(file, 'w');
  const { promise: ended, resolve: resolveEnded } = Promise.withResolvers<void>();
  const { promise: unkept, resolve: resolveUnkept } = Promise.withResolvers<Error>();
  let isKeeping = true;
  let bytes = 0;
  let isEnded = false;
  let waiting: { count: number; resolve: () => void }[] = [];

  function wake(): void {
    const ready = waiting.filter(({ count }) => isEnded || bytes >= count);
    waiting = waiting.filter((waiter) => !ready.includes(waiter));
    for (const { resolve } of ready) resolve();
  }

  function keep(chunk: Buffer): void {
    const room = bytesMax - bytes;
    try {
      if (room > 0) writeSync(descriptor, chunk.subarray(0, room));
      if (room >= 0 && room < chunk.length) {
        writeSync(descriptor, `\n[kmx: cut here, after ${bytesMax} bytes]\n`);
      }
    } catch (error) {
      isKeeping = false;
      resolveUnkept(asStorageError(error, file) as Error);
    }
  }

  stream.on('data', (chunk: Buffer) => {
    if (isKeeping) keep(chunk);
    bytes += chunk.length;
    look(chunk);
    wake();
  });
  stream.on('close', () => {
    isEnded = true;
    closeSync(descriptor);
    wake();
    resolveEnded();
  });
  // A stream that breaks is an ended one; why, the machine's exit tells.
  stream.on('error', () => {});

  return {
    get bytes() {
      return bytes;
    },
    async waitFor(count) {
      if (isEnded || bytes >= count) return;
      await new Promise<void>((resolve) => waiting.push({ count, resolve }));
    },
    ended,
    unkept,
  };
}
