/** Bytes of a stream by number, in pieces of bounded size. */
export class PieceReader implements AsyncDisposable {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Up to and without the next line feed. Undefined if it has more than `bytesMax` bytes, or no end. */
  async line(bytesMax: number): Promise<string | undefined> {
    const pieces: Buffer[] = [];
    for (let bytes = 0; bytes <= bytesMax; ) {
      const piece = await this.#next();
      if (piece === undefined) return undefined;
      const end = piece.indexOf(0x0a);
      if (end !== -1) {
        pieces.push(piece.subarray(0, end));
        this.#rest = piece.subarray(end + 1);
        return bytes + end > bytesMax ? undefined : Buffer.concat(pieces).toString('utf8');
      }
      pieces.push(piece);
      bytes += piece.length;
    }
    return undefined;
  }

  /** The next bytes, in pieces: fewer if the stream ends before. */
  async *take(bytes: number): AsyncGenerator<Buffer> {
    for (let left = bytes; left > 0; ) {
      const piece = await this.#next();
      if (piece === undefined) return;
      const taken = piece.subarray(0, left);
      this.#rest = piece.subarray(taken.length);
      left -= taken.length;
      yield taken;
    }
  }

  async isAtEnd(): Promise<boolean> {
    const piece = await this.#next();
    this.#rest = piece ?? this.#rest;
    return piece === undefined;
  }

  async #next(): Promise<Buffer | undefined> {
    let piece: Buffer | undefined = this.#rest;
    this.#rest = Buffer.alloc(0);
    while (piece?.length === 0) {
      const next = await this.#source.next();
      piece = next.done === true ? undefined : next.value;
    }
    return piece;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source.return?.();
  }
}
