import type { Descriptor } from './manifest.ts';

/** A manifest, and what it is called. */
export interface NamedManifest {
  /** `sha256:…` of its content. */
  readonly digest: string;
  readonly content: Buffer;
}

/** Where images are. All of it throws an InfraError if something has another digest than it should. */
export interface ImageStore {
  /** For people. */
  readonly name: string;
  /** What the name points to now. */
  findManifest(): Promise<NamedManifest>;
  readManifest(digest: string): Promise<NamedManifest>;
  /** Writes a layer to a path, or links it there. */
  saveLayer(layer: Descriptor, to: string): Promise<void>;
}
