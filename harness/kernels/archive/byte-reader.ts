import { ArchiveFault } from './archive-entry.ts';

/** Reads a stream in pieces of the reader's choice. */
export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array(0);
  #offset = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** How much was taken so far, in bytes. */
  get offset(): number {
    return this.#offset;
  }

  /** Throws an ArchiveFault, `what` that is cut short, if there are not as many. */
  async take(bytes: number, what: string): Promise<Buffer> {
    return Buffer.concat(await Array.fromAsync(this.stream(bytes, what)));
  }

  async skip(bytes: number, what: string): Promise<void> {
    for await (const _ of this.stream(bytes, what));
  }

  /** So many bytes in whatever pieces they come. Throws as `take` does. */
  async *stream(bytes: number, what: string): AsyncGenerator<Uint8Array> {
    let left = bytes;
    while (left > 0) {
      const part = await this.#next(left);
      if (part === undefined) throw new ArchiveFault(`${what} that is cut short`);
      left -= part.length;
      yield part;
    }
  }

  /** Everything that is left. */
  async *rest(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const part = await this.#next(Number.POSITIVE_INFINITY);
      if (part === undefined) return;
      yield part;
    }
  }

  async close(): Promise<void> {
    await this.#source.return?.();
  }

  async #next(bytesMax: number): Promise<Uint8Array | undefined> {
    while (this.#chunk.length === 0) {
      const next = await this.#source.next();
      if (next.done === true) return undefined;
      this.#chunk = next.value;
    }
    const part = this.#chunk.subarray(0, bytesMax);
    this.#chunk = this.#chunk.subarray(part.length);
    this.#offset += part.length;
    return part;
  }
}
