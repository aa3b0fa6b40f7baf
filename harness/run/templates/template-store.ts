import { claimEntry, type EntryClaim } from '../../cache/cached-entry.ts';
import { discardEntry, findEntry, sealEntry } from '../../cache/existing-entry.ts';
import { InfraError } from '../../errors.ts';

export interface TemplateStoreOptions {
  readonly cacheRoot: string;
  /** Takes one line for the people who read the report. */
  readonly note: (message: string) => void;
}

/** Saved guests in the cache, as one cell uses them. Disposing waits until its own are on the disk. */
export class TemplateStore implements AsyncDisposable {
  readonly #options: TemplateStoreOptions;
  readonly #sealing = new Set<Promise<void>>();

  constructor(options: TemplateStoreOptions) {
    this.#options = options;
  }

  /** The folder of a saved guest. One that is damaged is discarded, with a note. */
  async find(key: string): Promise<string | undefined> {
    const found = await findEntry(this.#options.cacheRoot, key);
    switch (found.kind) {
      case 'absent':
        return undefined;
      case 'sound':
        return found.entry;
      case 'damaged':
        this.#options.note(`a saved guest is damaged: ${found.why}; another one is made`);
        await this.discard(key);
        return undefined;
    }
  }

  claim(key: string): Promise<EntryClaim> {
    return claimEntry(this.#options.cacheRoot, key);
  }

  /**
   * Publishes what was saved, for use at once. Reading hundreds of megabytes again, and waiting for
   * the disk, would hold up the first test: it is sealed in the background.
   */
  async publish(key: string, claim: Extract<EntryClaim, { kind: 'mine' }>): Promise<string> {
    const entry = await claim.publishUnsealed();
    const sealing = this.#seal(key);
    // Whoever disposes of the store gets the error.
    sealing.catch(() => {});
    this.#sealing.add(sealing);
    return entry;
  }

  async #seal(key: string): Promise<void> {
    try {
      await sealEntry(this.#options.cacheRoot, key);
    } catch (error) {
      if (!(error instanceof InfraError)) throw error;
      this.#options.note(`a saved guest will not outlive the host's next boot: ${error.message}`);
    }
  }

  async discard(key: string): Promise<void> {
    await this[Symbol.asyncDispose]();
    await discardEntry(this.#options.cacheRoot, key);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#sealing);
  }
}
