/** What a test's guest was before its calls: files that are gone when this is disposed of, or kmx ends. */
import { mkdirSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asStorageError } from '../../../cache/storage-error.ts';
import type { LiveGuest } from '../../../live-guest/live-guest.ts';
import type { StreamBytes } from '../../../live-guest/recorded-stream.ts';
import { makePrivateDirectory, type PrivateDirectory } from '../../../machine/private-directory.ts';

/** Each takes the room of the memory that the guest uses, 70 MiB for one of 256. */
const KEPT_MAX = 8;

export interface SavedState {
  /** Of the call that was about to be made. */
  readonly number: number;
  readonly folder: string;
  readonly bytesBefore: StreamBytes;
  readonly savedInMs: number;
}

export class SavedStates implements AsyncDisposable {
  readonly #directory: PrivateDirectory;
  /** Oldest first. */
  readonly #states: SavedState[] = [];
  #next: Omit<SavedState, 'number'> | undefined;
  #count = 0;

  constructor(directory: PrivateDirectory) {
    this.#directory = directory;
  }

  /** @param cacheRoot Where there is room for guests, and a QEMU in a container finds them. */
  static async open(cacheRoot: string): Promise<SavedStates> {
    const parent = join(cacheRoot, 'rewind');
    try {
      mkdirSync(parent, { recursive: true });
    } catch (error) {
      throw asStorageError(error, parent);
    }
    return new SavedStates(await makePrivateDirectory(parent));
  }

  /** Rejects as `LiveGuest.save` does. */
  async save(guest: LiveGuest): Promise<void> {
    await this.#makeRoom();
    this.#count += 1;
    const folder = join(this.#directory.path, String(this.#count));
    await mkdir(folder).catch((error: unknown) => {
      throw asStorageError(error, folder);
    });
    const beginMs = performance.now();
    const bytesBefore = await guest.save(folder);
    this.#next = { folder, bytesBefore, savedInMs: Math.round(performance.now() - beginMs) };
  }

  /** What was saved is of a guest that counts no more. */
  async clear(): Promise<void> {
    this.#next = undefined;
    const dropped = this.#states.splice(0);
    await Promise.all(dropped.map(({ folder }) => rm(folder, { recursive: true, force: true })));
  }

  /** The call with this number begins: what was saved last is the state before it. */
  noteCall(number: number): void {
    if (this.#next === undefined) return;
    this.#states.push({ number, ...this.#next });
    this.#next = undefined;
  }

  /** The last one before this call, or before one that was made earlier. */
  find(number: number): SavedState | undefined {
    return this.#states.findLast((state) => state.number <= number);
  }

  /** The state before the first call is kept: all later calls can be repeated from there. */
  async #makeRoom(): Promise<void> {
    const [dropped] = this.#states.length < KEPT_MAX ? [] : this.#states.splice(1, 1);
    if (dropped !== undefined) await rm(dropped.folder, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#directory[Symbol.asyncDispose]();
  }
}
