import { text } from 'node:stream/consumers';
import { nameOfDigest } from '../../cache/digest.ts';
import type { FileEntry } from '../../file-entry.ts';
import { PORTS } from './container-options.ts';
import type { EngineClient } from './engine.ts';
import { engineFault, statusOf } from './engine-fault.ts';
import { type ImageArchive, makeImageArchive } from './image-archive.ts';
import { IMAGE_LABEL, IMAGE_NAME } from './labels.ts';

const SETTINGS = {
  entrypoint: ['/init', '--ports', PORTS],
  labels: { [IMAGE_LABEL]: 'cell' },
};

type Layers = readonly (readonly FileEntry[])[];

/**
 * The images of one process, made from layers of files when they are first needed. Disposing removes
 * them.
 */
export class Images implements AsyncDisposable {
  readonly #client: EngineClient;
  readonly #owner: string;
  readonly #archives = new WeakMap<Layers, Promise<ImageArchive>>();
  /** By reference; each is the name of an image that is there, or is being loaded. */
  readonly #loads = new Map<string, Promise<void>>();
  #isDisposed = false;

  /** @param owner As in `ownedPrefix`. */
  constructor(client: EngineClient, owner: string) {
    this.#client = client;
    this.#owner = owner;
  }

  /**
   * The name of the image that consists of the layers. The same array is digested once. Rejects with
   * an InfraError if the engine does not take the image.
   * @param onSent Called when the engine has all of it, and has to unpack it only.
   */
  async provide(layers: Layers, onSent = (): void => {}): Promise<string> {
    const archive = await this.#archiveOf(layers);
    if (this.#isDisposed) throw new Error('Expected no image to be needed any more');
    const reference = `${IMAGE_NAME}:${this.#owner}${nameOfDigest(archive.digest)}`;
    const loading = this.#loads.get(reference) ?? this.#load(archive, reference, onSent);
    this.#loads.set(reference, loading);
    await loading;
    return reference;
  }

  /** Resolves once the engine has all of the image, or as soon as it cannot be provided. */
  send(layers: Layers): Promise<void> {
    return new Promise((resolve) => {
      this.provide(layers, resolve).then(
        () => resolve(),
        () => resolve(),
      );
    });
  }

  /** For an image that somebody has removed: the next one who needs it loads it again. */
  forget(reference: string): void {
    this.#loads.delete(reference);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    const loads = [...this.#loads];
    this.#loads.clear();
    await Promise.all(
      loads.map(async ([reference, loading]) => {
        // One that is still on its way would stay.
        await loading.catch(() => {});
        await removeImage(this.#client, reference);
      }),
    );
  }

  #archiveOf(layers: Layers): Promise<ImageArchive> {
    const known = this.#archives.get(layers);
    if (known !== undefined) return known;
    const archive = makeImageArchive(layers, SETTINGS);
    this.#archives.set(layers, archive);
    return archive;
  }

  async #load(archive: ImageArchive, reference: string, onSent: () => void): Promise<void> {
    try {
      if (await this.#share(archive, reference)) return;
      const content = archive.open(reference);
      content.once('end', onSent);
      const progress = await this.#client.loadImage(content, { quiet: true });
      const said = await text(progress);
      const found = await this.#client.getImage(reference).inspect().catch(throwUnlessMissing);
      if (found === undefined) throw new Error(`it loaded no ${reference}: ${said.trim()}`);
    } catch (error) {
      this.#loads.delete(reference);
      throw engineFault('load an image', error);
    }
  }

  /** Gives another process's image a name of ours, so that it stays when that one is done. */
  async #share({ digest }: ImageArchive, reference: string): Promise<boolean> {
    const [repo = '', tag = ''] = splitReference(reference);
    try {
      // Engines that keep images with containerd know it by another digest, and load it again.
      await this.#client.getImage(digest).tag({ repo, tag });
      return true;
    } catch (error) {
      throwUnlessMissing(error);
      return false;
    }
  }
}

/** An image that is not there any more, or that somebody uses still, is left alone. */
export async function removeImage(client: EngineClient, reference: string): Promise<void> {
  try {
    await client.getImage(reference).remove();
  } catch (error) {
    const status = statusOf(error);
    // Without an engine there is nothing to be done: the next run removes it.
    if (status === undefined || status === 404 || status === 409) return;
    throw engineFault(`remove the image ${reference}`, error);
  }
}

function throwUnlessMissing(error: unknown): undefined {
  if (statusOf(error) !== 404) throw error;
}

function splitReference(reference: string): string[] {
  const colon = reference.lastIndexOf(':');
  return [reference.slice(0, colon), reference.slice(colon + 1)];
}
