import { readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { badArchive } from './bad-archive.ts';
import { PAGE_BYTES } from './page-map.ts';

/**
 * The files whose pages later ones share, by number, open: whoever discards one meanwhile takes nothing
 * away.
 */
export class SharedPages implements AsyncDisposable {
  #files = new Map<number, FileHandle>();
  #group = '';
  #next = 0;

  /** Forgets the files of another group. */
  async enterGroup(group: string): Promise<void> {
    if (group === this.#group) return;
    this.#group = group;
    await this.#close();
  }

  /** In the order of the archive. */
  async add(path: string): Promise<void> {
    this.#files.set(this.#next, await open(path));
    this.#next += 1;
  }

  /** Fills a buffer from a page of a file. Throws an InfraError if the archive has no such place. */
  read(file: number, page: number, into: Buffer): void {
    const handle = this.#files.get(file);
    if (handle === undefined) throw badArchive(`there is no file ${file} to take pages from`);
    for (let at = 0; at < into.length; ) {
      const bytes = readSync(handle.fd, into, at, into.length - at, page * PAGE_BYTES + at);
      if (bytes === 0) throw badArchive(`file ${file} has no page ${page}`);
      at += bytes;
    }
  }

  async #close(): Promise<void> {
    const files = [...this.#files.values()];
    this.#files = new Map();
    await Promise.all(files.map((file) => file.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}
