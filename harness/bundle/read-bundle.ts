import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ArchiveFault } from '../kernels/archive/archive-entry.ts';
import { ByteReader } from '../kernels/archive/byte-reader.ts';
import { takeHead } from '../kernels/archive/take-head.ts';
import { unpackStream } from '../kernels/archive/unpack-stream.ts';
import { compressionOf } from '../kernels/decompress.ts';
import { parseJson } from '../parse-json.ts';
import { toLine } from '../text.ts';
import {
  type Bundle,
  type BundledFile,
  type BundleLimits,
  bundleSchema,
  DESCRIPTION_NAME,
  FORMAT,
  findExcess,
  LIMITS,
} from './bundle-format.ts';
import { isFolderName } from './bundle-path.ts';
import { BLOCK_BYTES, describeHeader, END_BYTES, formatHeader, paddingOf } from './tar-layout.ts';

/** Takes what is in a bundle. */
export interface BundleSink {
  /** Before the first file. */
  begin?(bundle: Bundle): void | Promise<void>;
  /** Of a file that is not the one that was described, it has got the content when that turns out. */
  file(file: BundledFile, content: AsyncIterable<Uint8Array>): void | Promise<void>;
}

const WHAT = 'a bundle';
const HEAD_BYTES = 16;

/**
 * Reads a bundle in one go. It is refused unless it is, once unpacked, to the byte what `kmx bundle` writes
 * for its `bundle.json`: no other files, no links, no other order, nothing after its end. Throws an
 * ArchiveFault or a PackingFault.
 */
export async function readBundle(
  source: AsyncIterable<Uint8Array>,
  sink: BundleSink,
  limits: BundleLimits = LIMITS,
): Promise<Bundle> {
  const { head, chunks } = await takeHead(source, HEAD_BYTES);
  if (head.length === 0) throw new ArchiveFault('an empty file');
  if (compressionOf(head) !== 'zstd') throw new ArchiveFault('a file that is not packed with zstd');
  const reader = new ByteReader(unpackStream(chunks));
  try {
    const { folder, bundle } = await readDescription(reader, limits);
    await sink.begin?.(bundle);
    for (const file of bundle.files) await readFile(reader, folder, file, sink);
    await readEnd(reader);
    return bundle;
  } finally {
    await reader.close();
  }
}

async function readDescription(
  reader: ByteReader,
  limits: BundleLimits,
): Promise<{ readonly folder: string; readonly bundle: Bundle }> {
  const header = await reader.take(BLOCK_BYTES, WHAT);
  const [folder = '', name] = header.toString('latin1', 0, 100).replace(/\0.*$/s, '').split('/');
  const size = Number.parseInt(header.toString('latin1', 124, 135), 8);
  if (name !== DESCRIPTION_NAME || !isFolderName(folder) || !Number.isSafeInteger(size)) {
    throw new ArchiveFault(`an archive that begins with ${shown(header)}`);
  }
  checkHeader(header, `${folder}/${DESCRIPTION_NAME}`, { size, mode: 0o644 });
  if (size > limits.descriptionBytes) {
    throw new ArchiveFault(
      `${WHAT} whose ${DESCRIPTION_NAME} has ${size} bytes, and not at most ${limits.descriptionBytes}`,
    );
  }
  const text = (await reader.take(size, WHAT)).toString('utf8');
  await checkPadding(reader, size);
  return { folder, bundle: parseDescription(text, limits) };
}

function parseDescription(text: string, limits: BundleLimits): Bundle {
  const value = parseJson(text);
  const { format } = (value ?? {}) as { readonly format?: unknown };
  if (typeof format === 'number' && format !== FORMAT) {
    throw new ArchiveFault(`${WHAT} in form ${format}, which another version of kmx wrote`);
  }
  const { data: bundle, error } = bundleSchema.safeParse(value);
  if (bundle === undefined) {
    const [first] = error.issues;
    const where = first === undefined ? '' : `${z.core.toDotPath(first.path)} `;
    const why = toLine(`${where}${first?.message ?? ''}`);
    throw new ArchiveFault(`${WHAT} whose ${DESCRIPTION_NAME} is wrong (${why})`);
  }
  const excess = findExcess(bundle.files, limits);
  if (excess !== undefined) throw new ArchiveFault(`${WHAT} with ${excess}`);
  return bundle;
}

async function readFile(
  reader: ByteReader,
  folder: string,
  file: BundledFile,
  sink: BundleSink,
): Promise<void> {
  const header = await reader.take(BLOCK_BYTES, `${WHAT} without ${file.path}`);
  checkHeader(header, `${folder}/${file.path}`, file);
  const sha256 = createHash('sha256');
  async function* content(): AsyncGenerator<Uint8Array> {
    for await (const piece of reader.stream(file.size, WHAT)) {
      sha256.update(piece);
      yield piece;
    }
  }
  const pieces = content();
  await sink.file(file, pieces);
  // What the sink has left.
  for await (const _ of pieces);
  if (`sha256:${sha256.digest('hex')}` !== file.digest) {
    throw new ArchiveFault(`${WHAT} whose ${file.path} is not the one that its digest is of`);
  }
  await checkPadding(reader, file.size);
}

function checkHeader(
  header: Buffer,
  name: string,
  { size, mode }: Pick<BundledFile, 'size' | 'mode'>,
): void {
  if (header.equals(formatHeader({ name, size, mode }))) return;
  throw new ArchiveFault(`${WHAT} with ${shown(header)} in the place of ${name}, ${size} bytes`);
}

function shown(header: Buffer): string {
  return toLine(describeHeader(header));
}

async function checkPadding(reader: ByteReader, size: number): Promise<void> {
  await checkEmpty(reader, paddingOf(size), 'between its files');
}

async function readEnd(reader: ByteReader): Promise<void> {
  await checkEmpty(reader, END_BYTES, 'after its last file');
  for await (const _ of reader.rest()) throw new ArchiveFault(`${WHAT} with more after its end`);
}

async function checkEmpty(reader: ByteReader, bytes: number, where: string): Promise<void> {
  const found = await reader.take(bytes, WHAT);
  if (found.some((byte) => byte !== 0)) throw new ArchiveFault(`${WHAT} with data ${where}`);
}
