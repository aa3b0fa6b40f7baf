import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Pack, pack } from 'tar-stream';
import { digestOf, nameOfDigest } from '../../cache/digest.ts';
import { completeTree, type FileEntry } from '../../file-entry.ts';

/** How containers of an image begin, apart from what each is given. */
export interface ImageSettings {
  readonly entrypoint: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** An image of files alone, without a base. The same files and settings give the same bytes. */
export interface ImageArchive {
  /** `sha256:…` of its configuration, which names the digests of all layers. */
  readonly digest: string;
  /** `sha256:…` of each layer, lowest first. */
  readonly layers: readonly string[];
  /** The archive as `docker load` reads it, for an image that is to have this name. */
  open(reference: string): Readable;
}

/** A file in an archive, as the pieces of its content. */
interface Packed {
  readonly digest: string;
  readonly pieces: readonly Buffer[];
}

const EPOCH = new Date(0);
const CREATED = '1970-01-01T00:00:00Z';

/**
 * The format is that of `docker save` (Docker image specification v1.2, "Combined Image JSON +
 * Filesystem Changeset Format"), which Podman loads, too.
 */
export async function makeImageArchive(
  layers: readonly (readonly FileEntry[])[],
  { entrypoint, labels }: ImageSettings,
): Promise<ImageArchive> {
  const packed: Packed[] = [];
  for (const entries of layers) packed.push(await packLayer(entries));
  const digests = packed.map(({ digest }) => digest);
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      created: CREATED,
      config: { Entrypoint: entrypoint, Labels: labels },
      rootfs: { type: 'layers', diff_ids: digests },
      history: digests.map(() => ({ created: CREATED, created_by: 'kmx' })),
    }),
  );
  const digest = digestOf(config);
  return {
    digest,
    layers: digests,
    open: (reference) => openArchive({ digest, config, layers: packed, reference }),
  };
}

/** Pieces of files are not copied: an agent may have hundreds of MiB. */
async function packLayer(entries: readonly FileEntry[]): Promise<Packed> {
  const archive = pack();
  for (const entry of completeTree(entries)) addEntry(archive, entry);
  archive.finalize();
  const pieces = await Array.fromAsync(archive as AsyncIterable<Buffer>);
  return { digest: digestOfPieces(pieces), pieces };
}

function addEntry(archive: Pack, entry: FileEntry): void {
  // No leading slash: engines unpack into their own folder.
  const name = entry.path.slice(1);
  const common = { name, mtime: EPOCH, uid: 0, gid: 0 };
  switch (entry.kind) {
    case 'directory':
      archive.entry({ ...common, type: 'directory', mode: entry.mode });
      return;
    case 'file':
      archive.entry({ ...common, type: 'file', mode: entry.mode }, entry.content);
      return;
    case 'link':
      archive.entry({ ...common, type: 'symlink', mode: 0o777, linkname: entry.target });
      return;
    case 'character-device': {
      const { mode, major, minor } = entry;
      const device = { type: 'character-device', devmajor: major, devminor: minor } as const;
      archive.entry({ ...common, ...device, mode });
    }
  }
}

interface ArchiveContent {
  readonly digest: string;
  readonly config: Buffer;
  readonly layers: readonly Packed[];
  readonly reference: string;
}

function openArchive(content: ArchiveContent): Readable {
  const archive = pack();
  // An error reaches whoever reads the archive.
  writeArchive(archive, content).catch((error: Error) => archive.destroy(error));
  return Readable.from(archive as AsyncIterable<Buffer>);
}

async function writeArchive(
  archive: Pack,
  { digest, config, layers, reference }: ArchiveContent,
): Promise<void> {
  const configName = `${nameOfDigest(digest)}.json`;
  const layerName = ({ digest }: Packed): string => `${nameOfDigest(digest)}.tar`;
  await addFile(archive, configName, [config]);
  // A layer that occurs twice is in the archive once.
  const byName = new Map(layers.map((layer) => [layerName(layer), layer]));
  for (const [name, { pieces }] of byName) await addFile(archive, name, pieces);
  const manifest = { Config: configName, RepoTags: [reference], Layers: layers.map(layerName) };
  await addFile(archive, 'manifest.json', [Buffer.from(JSON.stringify([manifest]))]);
  archive.finalize();
}

async function addFile(archive: Pack, name: string, pieces: readonly Buffer[]): Promise<void> {
  const size = pieces.reduce((sum, { length }) => sum + length, 0);
  const sink = archive.entry({ name, size, mtime: EPOCH, mode: 0o644 });
  await pipeline(Readable.from(pieces), sink as unknown as NodeJS.WritableStream);
}

function digestOfPieces(pieces: readonly Buffer[]): string {
  const sha256 = createHash('sha256');
  for (const piece of pieces) sha256.update(piece);
  return `sha256:${sha256.digest('hex')}`;
}
