import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, nameOfDigest } from '../../cache/digest.ts';

export interface BuiltBlob {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly content: Buffer;
}

const OCI = 'application/vnd.oci.image';

export function blobOf(mediaType: string, content: Buffer): BuiltBlob {
  return { mediaType, digest: digestOf(content), size: content.length, content };
}

/** An image of layers, lowest first, as all of its blobs; the last one is its manifest. */
export function buildImage(layers: readonly Buffer[]): readonly BuiltBlob[] {
  const packed = layers.map((layer) => {
    const isPacked = layer.toString('hex', 0, 2) === '1f8b';
    return blobOf(`${OCI}.layer.v1.tar${isPacked ? '+gzip' : ''}`, layer);
  });
  const config = jsonBlob(`${OCI}.config.v1+json`, {
    architecture: 'amd64',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: packed.map(({ digest }) => digest) },
  });
  const manifest = jsonBlob(`${OCI}.manifest.v1+json`, {
    schemaVersion: 2,
    mediaType: `${OCI}.manifest.v1+json`,
    config: descriptorOf(config),
    layers: packed.map(descriptorOf),
  });
  return [...packed, config, manifest];
}

/** An index of manifests, by platform. */
export function buildIndex(manifests: Readonly<Record<string, BuiltBlob>>): BuiltBlob {
  return jsonBlob(`${OCI}.index.v1+json`, {
    schemaVersion: 2,
    mediaType: `${OCI}.index.v1+json`,
    manifests: Object.entries(manifests).map(([platform, blob]) => {
      const [os, architecture] = platform.split('/');
      return { ...descriptorOf(blob), platform: { os, architecture } };
    }),
  });
}

export function descriptorOf({ mediaType, digest, size }: BuiltBlob) {
  return { mediaType, digest, size };
}

/** Writes an OCI layout with these blobs; `tags` are those of manifests. */
export async function writeLayout(
  folder: string,
  blobs: readonly BuiltBlob[],
  tags: Readonly<Record<string, BuiltBlob>>,
): Promise<void> {
  await mkdir(join(folder, 'blobs/sha256'), { recursive: true });
  await writeFile(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  for (const { digest, content } of blobs) {
    await writeFile(join(folder, 'blobs/sha256', nameOfDigest(digest)), content);
  }
  const manifests = Object.entries(tags).map(([tag, blob]) => ({
    ...descriptorOf(blob),
    annotations: { 'org.opencontainers.image.ref.name': tag },
  }));
  await writeFile(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
}

function jsonBlob(mediaType: string, value: unknown): BuiltBlob {
  return blobOf(mediaType, Buffer.from(JSON.stringify(value)));
}
