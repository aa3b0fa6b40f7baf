import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { asStorageError } from '../../cache/storage-error.ts';
import type { TracedCall } from '../../trace/traced-call.ts';

export const TRACE = 'trace.jsonl';

/** The calls of a try in a file, one JSON text a line, written as they happen. */
export class TraceLog implements Disposable {
  readonly #file: string;
  readonly #descriptor: number;
  #failure: unknown;

  /** @param folder Made if it is not there. Throws an InfraError if it cannot be written. */
  constructor(folder: string) {
    this.#file = join(folder, TRACE);
    try {
      mkdirSync(folder, { recursive: true });
      this.#descriptor = openSync(this.#file, 'w');
    } catch (error) {
      throw asStorageError(error, this.#file);
    }
  }

  /** Never throws: it is called in the middle of a test. */
  add(call: TracedCall): void {
    if (this.#failure !== undefined) return;
    try {
      writeSync(this.#descriptor, `${JSON.stringify(call)}\n`);
    } catch (error) {
      this.#failure = error;
    }
  }

  /** Throws an InfraError if not all calls could be written. */
  check(): void {
    if (this.#failure !== undefined) throw asStorageError(this.#failure, this.#file);
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }
}
