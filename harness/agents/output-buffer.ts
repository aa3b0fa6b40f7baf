import { OutputDiscarded } from './agent.ts';

/** How much of a stream is kept for whoever reads it later. */
export const BUFFER_BYTES = 1024 * 1024;

type End = { readonly kind: 'ended' } | { readonly kind: 'failed'; readonly error: Error };

/**
 * What a stream has brought and nobody has read. It takes everything, so that no process has to wait
 * for a reader; what it cannot keep is discarded, and a read after the kept part says so.
 */
export class OutputBuffer {
  readonly #stream: string;
  #chunks: Uint8Array[] = [];
  #keptBytes = 0;
  #discardedBytes = 0;
  #end: End | undefined;
  #changed = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<void>();

  /** @param stream Its name in errors */
  constructor(stream: string) {
    this.#stream = stream;
  }

  /** Settles, and never rejects, when nothing more will come. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  push(data: Uint8Array): void {
    const room = this.#discardedBytes > 0 ? 0 : BUFFER_BYTES - this.#keptBytes;
    const kept = data.subarray(0, room);
    if (kept.length > 0) this.#chunks.push(kept);
    this.#keptBytes += kept.length;
    this.#discardedBytes += data.length - kept.length;
    this.#announce();
  }

  /** @param error What ended the stream before its time */
  end(error?: Error): void {
    this.#end = error === undefined ? { kind: 'ended' } : { kind: 'failed', error };
    this.#ended.resolve();
    this.#announce();
  }

  /**
   * All that is kept; empty at the stream's end; `undefined` if there is nothing yet.
   *
   * @throws OutputDiscarded, or the error that ended the stream
   */
  take(): Uint8Array | undefined {
    if (this.#keptBytes > 0) {
      const data = Buffer.concat(this.#chunks.splice(0));
      this.#keptBytes = 0;
      return data;
    }
    if (this.#discardedBytes > 0) {
      throw new OutputDiscarded(this.#stream, BUFFER_BYTES, this.#discardedBytes);
    }
    if (this.#end?.kind === 'failed') throw this.#end.error;
    return this.#end === undefined ? undefined : new Uint8Array();
  }

  /** Resolves at the next change; to be asked for before it comes. */
  get changed(): Promise<void> {
    return this.#changed.promise;
  }

  #announce(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
