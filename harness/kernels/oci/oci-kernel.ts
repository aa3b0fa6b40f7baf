import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cachedEntry } from '../../cache/cached-entry.ts';
import { digestOf, nameOfDigest } from '../../cache/digest.ts';
import { findEntry } from '../../cache/existing-entry.ts';
import { waitForEntry } from '../../debian/wait-for-entry.ts';
import { InfraError, UsageError } from '../../errors.ts';
import type { OciSource } from '../../matrix/matrix.ts';
import { toLine } from '../../text.ts';
import { type ArchiveWords, readingArchive } from '../archive/archive-error.ts';
import { fillKernelEntry, KERNEL_ENTRY_FORMAT, readKernelEntry } from '../archive/kernel-entry.ts';
import { archiveFile } from '../archive/read-archive.ts';
import type { ProviderContext } from '../kernel-context.ts';
import type { BootableKernel } from '../kernel-image.ts';
import type { ImageStore } from './image-store.ts';
import { keepTag, readKeptTag } from './kept-tag.ts';
import { listLayers } from './list-layers.ts';
import { badManifest, type Descriptor, parseManifest } from './manifest.ts';
import { lookUp, openStore } from './open-store.ts';

/**
 * The kernel in a container image. A tag is looked up each time; if the registry does not answer, the
 * image that it pointed to last time is used, and a note says so. Throws a UsageError if there is no such
 * image or not exactly one kernel in it, an InfraError if it cannot be fetched or a digest is wrong.
 */
export async function resolveOciKernel(
  { from, file }: OciSource,
  context: ProviderContext,
): Promise<BootableKernel> {
  const store = openStore(from, context);
  // A tag may point to a different image by now.
  const digest = context.pin?.inputs?.[MANIFEST] ?? (await findImage(from, store, context));
  const identity = [KERNEL_ENTRY_FORMAT, file ?? '', digest].join('\n');
  const key = `kernels/oci-${nameOfDigest(digestOf(identity))}`;
  if (from.kind === 'registry' && context.offline) await checkKept(context.cacheRoot, key, store);
  const words: ArchiveWords = {
    archive: store.name,
    expected: 'an image with a kernel',
    remedy: "name the kernel's file in the image with 'file', or another image",
  };
  const entry = await cachedEntry(
    context.cacheRoot,
    key,
    (folder) =>
      readingArchive(words, async () => {
        const layers = join(folder, 'layers');
        const archives = await saveLayers(store, digest, layers);
        const tree = await listLayers(archives);
        await fillKernelEntry(folder, { tree, archives }, { wanted: file, key: 'file' }, words);
        await rm(layers, { recursive: true });
      }),
    waitForEntry(`fetching ${store.name}`, context),
  );
  const { name, ...kernel } = await readKernelEntry(entry);
  const pin = { inputs: { [MANIFEST]: digest } };
  return { ...kernel, origin: `oci ${store.name}@${digest}: ${toLine(name)}`, pin };
}

/** Its name in a lock. */
export const MANIFEST = 'oci manifest';

/** `sha256:…` of the manifest of the image for our guests. */
async function findImage(
  from: OciSource['from'],
  store: ImageStore,
  context: ProviderContext,
): Promise<string> {
  if (from.kind === 'layout') return lookUp(store);
  const { cacheRoot, offline, onProgress } = context;
  const { reference } = from;
  const kept = await readKeptTag(cacheRoot, reference);
  // What a digest leads to cannot change.
  if (kept !== undefined && (offline || reference.includes('@'))) return kept.digest;
  if (offline) throw notKept(store);
  try {
    const digest = await lookUp(store);
    await keepTag(cacheRoot, { reference, digest, lookedUpMs: Date.now() });
    return digest;
  } catch (error) {
    if (kept === undefined || !(error instanceof InfraError) || error.code !== 'FETCH_FAILED')
      throw error;
    const when = new Date(kept.lookedUpMs).toISOString();
    const text = `${error.message}: using ${kept.digest}, which ${store.name} pointed to at ${when}`;
    onProgress({ kind: 'note', text });
    return kept.digest;
  }
}

/** More than any image with a kernel has. */
const LAYERS_BYTES_MAX = 8 * 1024 ** 3;

async function saveLayers(store: ImageStore, digest: string, folder: string) {
  const { content } = await store.readManifest(digest);
  const manifest = parseManifest(content, store.name);
  if (manifest.kind !== 'image') throw badManifest(store.name, 'an index');
  const { layers } = manifest;
  checkLayers(layers, store.name);
  await mkdir(folder);
  const paths = layers.map((_, index) => join(folder, `${index}`));
  for (const [index, layer] of layers.entries()) await store.saveLayer(layer, paths[index] ?? '');
  return paths.map(archiveFile);
}

function checkLayers(layers: readonly Descriptor[], image: string): void {
  const other = layers.find(({ mediaType }) => !/[.+]tar\b|\.tar\./.test(mediaType));
  if (other !== undefined) throw badManifest(image, `a layer of type ${toLine(other.mediaType)}`);
  const bytes = layers.reduce((sum, { size }) => sum + size, 0);
  if (bytes <= LAYERS_BYTES_MAX) return;
  throw new UsageError(`${image}: its layers have ${Math.ceil(bytes / 1024 ** 3)} GiB`, {
    code: 'TOO_LARGE',
    remedy: `expected at most ${LAYERS_BYTES_MAX / 1024 ** 3} GiB: name an image with a kernel alone`,
  });
}

async function checkKept(cacheRoot: string, key: string, store: ImageStore): Promise<void> {
  if ((await findEntry(cacheRoot, key)).kind !== 'sound') throw notKept(store);
}

function notKept({ name }: ImageStore): InfraError {
  return new InfraError(`offline, and ${name} was not fetched before`, {
    code: 'OFFLINE',
    remedy: 'run once with the network, without --offline',
  });
}
