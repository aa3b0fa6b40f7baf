/** Manifests of images (OCI image specification 1.1; Docker's version 2, schema 2, has the same form). */
import { z } from 'zod';
import { UsageError } from '../../errors.ts';
import { toLine } from '../../text.ts';

const descriptorSchema = z.object({
  mediaType: z.string().max(255),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  size: z.number().int().nonnegative(),
  annotations: z.record(z.string(), z.string()).optional(),
  platform: z.object({ os: z.string(), architecture: z.string() }).optional(),
});

/** What another document says about a blob. */
export type Descriptor = z.infer<typeof descriptorSchema>;

/** Docker allows 127. */
const LAYERS_MAX = 256;
const MANIFESTS_MAX = 1000;

const manifestSchema = z.object({ layers: z.array(descriptorSchema).max(LAYERS_MAX) });
const indexSchema = z.object({ manifests: z.array(descriptorSchema).max(MANIFESTS_MAX) });

/** Of the specification. */
export const MANIFEST_BYTES_MAX = 4 * 1024 * 1024;
export const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

export type Manifest =
  | { readonly kind: 'image'; readonly layers: readonly Descriptor[] }
  | { readonly kind: 'index'; readonly manifests: readonly Descriptor[] };

/** Throws a UsageError for anything else. */
export function parseManifest(content: Buffer, image: string): Manifest {
  const value = parse(content, image);
  const asImage = manifestSchema.safeParse(value);
  if (asImage.success) return { kind: 'image', ...asImage.data };
  const asIndex = indexSchema.safeParse(value);
  if (asIndex.success) return { kind: 'index', ...asIndex.data };
  throw badManifest(
    image,
    'a document of another form (as of Docker before 2016, or of an artifact)',
  );
}

function parse(content: Buffer, image: string): unknown {
  try {
    return JSON.parse(content.toString());
  } catch (error) {
    throw badManifest(image, `no JSON (${toLine((error as Error).message)})`);
  }
}

/** The image for our guests among those of an index. Throws a UsageError if there is none. */
export function choosePlatform(manifests: readonly Descriptor[], image: string): Descriptor {
  const fitting = manifests.find(
    ({ platform }) => platform?.os === 'linux' && platform.architecture === 'amd64',
  );
  if (fitting !== undefined) return fitting;
  const [first, ...others] = manifests;
  if (first !== undefined && first.platform === undefined && others.length === 0) return first;
  const found = manifests.map(({ platform }) =>
    platform === undefined ? 'one that does not say' : `${platform.os}/${platform.architecture}`,
  );
  throw new UsageError(
    `${image}: expected an image for linux/amd64; found ${toLine(found.join(', ')) || 'none'}`,
    { code: 'NO_IMAGE', remedy: 'name an image for linux/amd64' },
  );
}

export function badManifest(image: string, found: string): UsageError {
  return new UsageError(`${image}: expected the manifest of an image; found ${found}`, {
    code: 'NO_IMAGE',
    remedy: 'name an image with the layers of a file system',
  });
}
