import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { digestFile, digestOf } from '../cache/digest.ts';
import { writeInOneStep } from '../cache/write-in-one-step.ts';
import { UsageError } from '../errors.ts';
import {
  type Bundle,
  type BundleDescription,
  type BundledFile,
  bundleSchema,
  findExcess,
} from './bundle-format.ts';
import { countBytes, formatBundle } from './format-bundle.ts';

/** A file of a bundle that is to be written. */
export interface BundleMember {
  readonly path: string;
  readonly mode: BundledFile['mode'];
  /** Or the path of a file of this host that has it. */
  readonly content: Buffer | string;
}

export interface WrittenBundle {
  readonly bundle: Bundle;
  /** The name of the folder in it. */
  readonly folder: string;
  readonly bytes: number;
  /** `sha256:…` of the whole file. */
  readonly digest: string;
}

/** docs/bundles.md has figures. */
const LEVEL = 10;

/**
 * Writes a bundle in one step: up to then `to` is as it was. The same content makes the same bytes, with
 * the same version of Node.js: others may have another zstd. Throws an InfraError if the disk is full,
 * a UsageError if the bundle is larger than a reader takes.
 */
export async function writeBundle(
  to: string,
  folder: string,
  description: BundleDescription,
  members: readonly BundleMember[],
): Promise<WrittenBundle> {
  const bundle = await describe(description, members);
  const contents = new Map(members.map(({ path, content }) => [path, content]));
  const tar = formatBundle(folder, bundle, ({ path }) => open(contents.get(path)));
  const { written: digest, bytes } = await writeInOneStep(to, async (partial) => {
    await pipeline(
      Readable.from(tar, { objectMode: false }),
      createZstdCompress({ params: PARAMETERS, pledgedSrcSize: countBytes(bundle) }),
      createWriteStream(partial, { flags: 'wx' }),
    );
    return await digestFile(partial);
  });
  return { bundle, folder, bytes, digest };
}

const PARAMETERS = {
  [constants.ZSTD_c_compressionLevel]: LEVEL,
  [constants.ZSTD_c_checksumFlag]: 1,
};

async function describe(
  description: BundleDescription,
  members: readonly BundleMember[],
): Promise<Bundle> {
  const described = members.map(async ({ path, mode, content }) => ({
    ...{ path, mode },
    ...(typeof content === 'string'
      ? { size: (await stat(content)).size, digest: await digestFile(content) }
      : { size: content.length, digest: digestOf(content) }),
  }));
  const files = (await Promise.all(described)).sort((a, b) => (a.path < b.path ? -1 : 1));
  const excess = findExcess(files);
  if (excess !== undefined) {
    throw new UsageError(`expected a bundle that others can read; found ${excess}`, {
      code: 'BUNDLE_TOO_LARGE',
      remedy: 'use a kernel or an agent without debug information',
    });
  }
  // In the order of the schema, whoever put it together.
  return bundleSchema.parse({ ...description, files });
}

async function* open(content: Buffer | string | undefined): AsyncGenerator<Uint8Array> {
  if (content === undefined) throw new Error('Expected the content of each file');
  if (typeof content !== 'string') yield content;
  else yield* createReadStream(content);
}
