import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { asStorageError } from '../cache/storage-error.ts';

/** What happens as a file, one JSON text a line, written at once. */
export class LinesLog<Entry> implements Disposable {
  readonly #file: string;
  readonly #descriptor: number;
  #failure: unknown;

  /** @param file Its folder is made if it is not there. Throws an InfraError if it cannot be written. */
  constructor(file: string) {
    this.#file = file;
    try {
      mkdirSync(dirname(file), { recursive: true });
      this.#descriptor = openSync(this.#file, 'w');
    } catch (error) {
      throw asStorageError(error, this.#file);
    }
  }

  /** Never throws: it is called in the middle of a test. */
  add(entry: Entry): void {
    if (this.#failure !== undefined) return;
    try {
      writeSync(this.#descriptor, `${JSON.stringify(entry)}\n`);
    } catch (error) {
      this.#failure = error;
    }
  }

  /** Throws an InfraError if not all of it could be written. */
  check(): void {
    if (this.#failure !== undefined) throw asStorageError(this.#failure, this.#file);
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }
}
