import { OutputDiscarded } from './agent.ts';

/** How much unread output is kept. */
export const BUFFER_BYTES = 1024 * 1024;

type End = { readonly kind: 'ended' } | { readonly kind: 'failed'; readonly error: Error };

/**
 * The unread output of one stream. It accepts any amount, so that no process blocks for want of a
 * reader. What exceeds the buffer is discarded, and reading past the kept part fails.
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

  /** Resolves at the end of the stream, good or bad; never rejects. */
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

  /** @param error Why the stream broke off; absent at its regular end */
  end(error?: Error): void {
    this.#end = error === undefined ? { kind: 'ended' } : { kind: 'failed', error };
    this.#ended.resolve();
    this.#announce();
  }

  /**
   * Removes and returns the buffered output: empty at the end of the stream, `undefined` if there is
   * none yet.
   *
   * @throws OutputDiscarded, or the error that broke off the stream
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

  /** Resolves at the next push or end. Get it before checking the state, or a change may be missed. */
  get changed(): Promise<void> {
    return this.#changed.promise;
  }

  #announce(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
