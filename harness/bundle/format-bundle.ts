import { createHash } from 'node:crypto';
import { type Bundle, type BundledFile, DESCRIPTION_NAME } from './bundle-format.ts';
import { BLOCK_BYTES, END_BYTES, formatHeader, paddingOf } from './tar-layout.ts';

/** Its text in a bundle. */
export function formatDescription(bundle: Bundle): Buffer {
  return Buffer.from(`${JSON.stringify(bundle, null, 2)}\n`);
}

/** How many bytes a bundle has before it is packed. */
export function countBytes(bundle: Bundle): number {
  const sizes = [formatDescription(bundle).length, ...bundle.files.map(({ size }) => size)];
  const sum = sizes.reduce((total, size) => total + BLOCK_BYTES + size + paddingOf(size), 0);
  return sum + END_BYTES;
}

export type OpenContent = (file: BundledFile) => AsyncIterable<Uint8Array>;

/**
 * A bundle's bytes before they are packed: the same for the same bundle.
 * @param folder The name of the folder that all members are in.
 * @param open Reads a file; throws an Error if it is not the one that was described.
 */
export async function* formatBundle(
  folder: string,
  bundle: Bundle,
  open: OpenContent,
): AsyncGenerator<Uint8Array> {
  const description = formatDescription(bundle);
  const size = description.length;
  yield formatHeader({ name: `${folder}/${DESCRIPTION_NAME}`, size, mode: 0o644 });
  yield description;
  yield* zeros(paddingOf(size));
  for (const file of bundle.files) {
    yield formatHeader({ ...file, name: `${folder}/${file.path}` });
    yield* compared(file, open(file));
    yield* zeros(paddingOf(file.size));
  }
  yield* zeros(END_BYTES);
}

/** No piece at all for none: a stream may take an empty one for its end. */
function zeros(bytes: number): Buffer[] {
  return bytes === 0 ? [] : [Buffer.alloc(bytes)];
}

async function* compared(
  { path, size, digest }: BundledFile,
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const sha256 = createHash('sha256');
  let bytes = 0;
  for await (const piece of content) {
    sha256.update(piece);
    bytes += piece.length;
    yield piece;
  }
  if (bytes === size && `sha256:${sha256.digest('hex')}` === digest) return;
  throw new Error(`${path} has changed while it was bundled`);
}
