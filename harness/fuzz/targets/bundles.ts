import { deepStrictEqual, match, ok } from 'node:assert';
import { createHash } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { type Bundle, type BundledFile, bundleSchema, LIMITS } from '../../bundle/bundle-format.ts';
import { formatBundle } from '../../bundle/format-bundle.ts';
import { readBundle } from '../../bundle/read-bundle.ts';
import {
  SAMPLE_DESCRIPTION,
  SAMPLE_FOLDER,
  SAMPLE_MEMBERS,
} from '../../bundle/testing/sample-bundle.ts';
import { digestOf } from '../../cache/digest.ts';
import { ArchiveFault } from '../../kernels/archive/archive-entry.ts';
import { PackingFault } from '../../kernels/archive/unpack-stream.ts';
import { toLine } from '../../text.ts';
import { cutInPieces, type FuzzTarget } from '../fuzz-target.ts';

const CONTENTS = new Map(
  SAMPLE_MEMBERS.map(({ path, content }) => [path, content as Buffer] as const),
);
const BUNDLE: Bundle = bundleSchema.parse({
  ...SAMPLE_DESCRIPTION,
  files: SAMPLE_MEMBERS.map(({ path, mode }) => {
    const content = contentOf({ path });
    return { path, mode, size: content.length, digest: digestOf(content) };
  }).sort((a, b) => (a.path < b.path ? -1 : 1)),
});
const PLAIN = Buffer.concat(await Array.fromAsync(formatBundle(SAMPLE_FOLDER, BUNDLE, open)));

function contentOf({ path }: Pick<BundledFile, 'path'>): Buffer {
  return CONTENTS.get(path) ?? Buffer.alloc(0);
}

async function* open(file: BundledFile): AsyncGenerator<Buffer> {
  yield contentOf(file);
}

/** As received: mostly refused for how it is packed. */
export const packedBundles: FuzzTarget = {
  name: 'bundle',
  seeds: () => [zstdCompressSync(PLAIN)],
  run: readAll,
};

/** What is packed is the input: what comes through is the bundle, to the byte. */
export const bundles: FuzzTarget = {
  name: 'bundle-content',
  seeds: () => [PLAIN],
  async run(input) {
    const packed = zstdCompressSync(input);
    deepStrictEqual(zstdDecompressSync(packed), Buffer.from(input));
    await readAll(packed);
  },
};

async function readAll(input: Uint8Array): Promise<void> {
  let files = 0;
  try {
    const bundle = await readBundle(inPieces(input), {
      async file({ path, size, mode, digest }, content) {
        match(path, /^\w[\w.+~=@,-]*(\/\w[\w.+~=@,-]*)*$/);
        ok(mode === 0o644 || mode === 0o755);
        ok(size <= LIMITS.fileBytes);
        const sha256 = createHash('sha256');
        let bytes = 0;
        for await (const piece of content) {
          sha256.update(piece);
          bytes += piece.length;
        }
        deepStrictEqual(bytes, size);
        files += `sha256:${sha256.digest('hex')}` === digest ? 1 : Number.NaN;
      },
    });
    deepStrictEqual(files, bundle.files.length);
    match(bundle.cell.id, /^\w[\w.+~=@-]*$/);
  } catch (error) {
    if (!(error instanceof ArchiveFault || error instanceof PackingFault)) throw error;
    ok(toLine(error.message, 10_000) === error.message, error.message);
  }
}

async function* inPieces(input: Uint8Array): AsyncGenerator<Uint8Array> {
  yield* cutInPieces(input);
}
