import { resolve } from 'node:path';
import type { OciSource } from '../../matrix/matrix.ts';
import type { ProviderContext } from '../kernel-context.ts';
import type { ImageStore } from './image-store.ts';
import { Layout } from './layout.ts';
import { badManifest, choosePlatform, parseManifest } from './manifest.ts';
import { parseReference } from './reference.ts';
import { Registry } from './registry.ts';

/** Nothing is asked or read yet. */
export function openStore(from: OciSource['from'], context: ProviderContext): ImageStore {
  switch (from.kind) {
    case 'registry':
      return new Registry(parseReference(from.reference), from.insecure, context);
    case 'layout':
      return new Layout(resolve(from.path), from.tag);
  }
}

/** An index may name other indexes. */
const INDEXES_MAX = 3;

/** `sha256:…` of the manifest of the image for our guests, as it is now. Throws as `resolveOciKernel`. */
export async function lookUp(store: ImageStore): Promise<string> {
  let { digest, content } = await store.findManifest();
  for (let indexes = 0; indexes <= INDEXES_MAX; indexes++) {
    const manifest = parseManifest(content, store.name);
    if (manifest.kind === 'image') return digest;
    const chosen = choosePlatform(manifest.manifests, store.name);
    ({ digest, content } = await store.readManifest(chosen.digest));
  }
  throw badManifest(store.name, 'indexes of indexes without end');
}
