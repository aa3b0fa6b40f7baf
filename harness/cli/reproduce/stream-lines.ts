/** The lines of a byte stream, as they are completed. */
import { StringDecoder } from 'node:string_decoder';

/** A line that does not end is cut: a guest may print without end. */
const LENGTH_MAX = 16 * 1024;

export class StreamLines {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    const parts = (this.#rest + this.#decoder.write(chunk)).split('\n');
    this.#rest = parts.pop() ?? '';
    for (const line of parts) this.#emit(line);
    if (this.#rest.length > LENGTH_MAX) this.end();
  }

  /** What has no line feed yet is a line, too. */
  end(): void {
    if (this.#rest !== '') this.#emit(this.#rest);
    this.#rest = '';
  }

  #emit(line: string): void {
    this.#onLine(line.replace(/\r+$/, '').slice(0, LENGTH_MAX));
  }
}
