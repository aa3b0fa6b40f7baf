import { closeSync, openSync, writeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { asStorageError } from '../cache/storage-error.ts';
import { createStreamTail, type StreamEnd } from '../verdict/lines/stream-tail.ts';

/** How many bytes the host has read from the agent's streams. */
export interface StreamBytes {
  readonly stdout: number;
  readonly stderr: number;
}

interface Waiter {
  readonly count: number;
  readonly resolve: () => void;
}

/**
 * One byte stream of a guest, read to its end and recorded in a file up to a limit, where the file
 * ends with a note: a guest that prints without end fills neither disk nor memory. `inspect` sees
 * every byte, even those that do not get into the file.
 */
export class RecordedStream {
  readonly file: string;
  /** Resolves when the stream has ended. */
  readonly ended: Promise<void>;
  /** Resolves with the reason if the file cannot be written; otherwise never settles. */
  readonly recordingFailed: Promise<Error>;
  readonly #bytesMax: number;
  readonly #descriptor: number;
  readonly #end = Promise.withResolvers<void>();
  readonly #tail = createStreamTail();
  readonly #failure = Promise.withResolvers<Error>();
  #bytes = 0;
  #isRecording = true;
  #isEnded = false;
  #waiters: Waiter[] = [];

  constructor(
    stream: Readable,
    file: string,
    bytesMax: number,
    inspect: (chunk: Buffer) => void = () => {},
  ) {
    this.file = file;
    this.ended = this.#end.promise;
    this.recordingFailed = this.#failure.promise;
    this.#bytesMax = bytesMax;
    this.#descriptor = openSync(file, 'w');
    stream.on('data', (chunk: Buffer) => {
      if (this.#isRecording) this.#record(chunk);
      this.#bytes += chunk.length;
      this.#tail.push(chunk);
      inspect(chunk);
      this.#wake();
    });
    // One that its guest has closed at once, without a byte, may not say so any more.
    if (stream.closed) this.#close();
    else stream.on('close', () => this.#close());
    // A broken stream has ended; the machine's exit says why.
    stream.on('error', () => {});
  }

  /** Bytes read so far, recorded or not. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The last bytes read, recorded or not. */
  get tail(): StreamEnd {
    return this.#tail.end;
  }

  /** Resolves once `count` bytes have been read or the stream has ended. */
  async waitFor(count: number): Promise<void> {
    if (this.#isEnded || this.#bytes >= count) return;
    await new Promise<void>((resolve) => this.#waiters.push({ count, resolve }));
  }

  #record(chunk: Buffer): void {
    const room = this.#bytesMax - this.#bytes;
    try {
      if (room > 0) writeSync(this.#descriptor, chunk.subarray(0, room));
      if (room >= 0 && room < chunk.length) {
        writeSync(this.#descriptor, `\n[kmx: cut here, after ${this.#bytesMax} bytes]\n`);
      }
    } catch (error) {
      this.#isRecording = false;
      this.#failure.resolve(asStorageError(error, this.file) as Error);
    }
  }

  #wake(): void {
    const isReady = ({ count }: Waiter): boolean => this.#isEnded || this.#bytes >= count;
    const ready = this.#waiters.filter(isReady);
    this.#waiters = this.#waiters.filter((waiter) => !isReady(waiter));
    for (const { resolve } of ready) resolve();
  }

  #close(): void {
    this.#isEnded = true;
    closeSync(this.#descriptor);
    this.#wake();
    this.#end.resolve();
  }
}
