/**
 * Finds the payload of an RPM package (format version 3 and 4: rpm.org, "RPM V4 Package format"). Hand-written:
 * npm has no maintained library for it, and few hosts that run kmx have rpm2cpio, which reads a
 * whole package into memory and checks nothing.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type ArchiveEntry, ArchiveFault } from '../archive/archive-entry.ts';
import { ByteReader } from '../archive/byte-reader.ts';
import { type OpenArchive, streamEntries } from '../archive/read-archive.ts';

const PACKAGE = 'an RPM package';
const LEAD_BYTES = 96;
const LEAD_MARK = 0xedabeedb;
const HEADER_MARK = 0x8eade801;
/** Lengths that rpm itself accepts (lib/header.c: hdrchkTags, hdrchkData). */
const TAGS_MAX = 0xffff;
const HEADER_BYTES_MAX = 256 * 1024 * 1024;

/** Of lib/rpmtag.h. */
const TAG_PAYLOAD_FORMAT = 1124;
const TAG_PAYLOAD_DIGEST = 5092;
const TAG_PAYLOAD_DIGEST_ALGORITHM = 5093;
const TYPE_INT32 = 4;
const TYPES_OF_TEXT = [6, 8, 9];
/** Of rpmio/rpmpgp.h (RFC 4880, 9.4). */
const ALGORITHM_SHA256 = 8;

export function isRpm(head: Buffer): boolean {
  return head.length >= 4 && head.readUInt32BE(0) === LEAD_MARK;
}

export function openRpm(file: string): OpenArchive {
  return () => rpmEntries(createReadStream(file, { highWaterMark: 1 << 18 }));
}

/**
 * The files of a package. Throws an ArchiveFault if it is broken, or does not have the digest in its own
 * header; signatures are not checked.
 */
export async function* rpmEntries(source: AsyncIterable<Uint8Array>): AsyncGenerator<ArchiveEntry> {
  const reader = new ByteReader(source);
  try {
    const lead = await reader.take(LEAD_BYTES, PACKAGE);
    if (!isRpm(lead)) throw new ArchiveFault('no RPM package');
    await readHeader(reader);
    // Only what follows the signatures is aligned.
    await reader.skip(-reader.offset & 7, PACKAGE);
    const header = await readHeader(reader);
    const format = textOf(header, TAG_PAYLOAD_FORMAT) ?? 'cpio';
    if (format !== 'cpio') throw new ArchiveFault(`${PACKAGE} with a payload of another kind`);
    yield* checkedEntries(reader, digestIn(header));
  } finally {
    await reader.close();
  }
}

async function* checkedEntries(
  reader: ByteReader,
  expected: string | undefined,
): AsyncGenerator<ArchiveEntry> {
  const sha256 = createHash('sha256');
  async function* payload(): AsyncGenerator<Uint8Array> {
    for await (const part of reader.rest()) {
      sha256.update(part);
      yield part;
    }
  }
  yield* streamEntries(payload());
  for await (const part of reader.rest()) sha256.update(part);
  const found = sha256.digest('hex');
  if (expected === undefined || found === expected) return;
  throw new ArchiveFault(
    `${PACKAGE} whose content has sha256 ${found}, where its header says ${expected}`,
  );
}

interface RpmHeader {
  readonly tags: ReadonlyMap<number, { readonly type: number; readonly at: number }>;
  readonly data: Buffer;
}

async function readHeader(reader: ByteReader): Promise<RpmHeader> {
  const intro = await reader.take(16, PACKAGE);
  const count = intro.readUInt32BE(8);
  const bytes = intro.readUInt32BE(12);
  if (intro.readUInt32BE(0) !== HEADER_MARK || count > TAGS_MAX || bytes > HEADER_BYTES_MAX) {
    throw new ArchiveFault(`${PACKAGE} with a broken header`);
  }
  const index = await reader.take(16 * count, PACKAGE);
  const data = await reader.take(bytes, PACKAGE);
  const tags = new Map<number, { type: number; at: number }>();
  for (let at = 0; at < index.length; at += 16) {
    tags.set(index.readUInt32BE(at), {
      type: index.readUInt32BE(at + 4),
      at: index.readUInt32BE(at + 8),
    });
  }
  return { tags, data };
}

/** The first text of a tag; undefined if it has none. */
function textOf({ tags, data }: RpmHeader, tag: number): string | undefined {
  const found = tags.get(tag);
  if (found === undefined || !TYPES_OF_TEXT.includes(found.type)) return undefined;
  const end = data.indexOf(0, found.at);
  return end < 0 ? undefined : data.toString('latin1', found.at, end);
}

/** Of the payload as it is packed; undefined for packages of rpm before 4.14. */
function digestIn(header: RpmHeader): string | undefined {
  const algorithm = header.tags.get(TAG_PAYLOAD_DIGEST_ALGORITHM);
  const digest = textOf(header, TAG_PAYLOAD_DIGEST);
  if (algorithm?.type !== TYPE_INT32 || algorithm.at + 4 > header.data.length) return undefined;
  if (header.data.readUInt32BE(algorithm.at) !== ALGORITHM_SHA256) return undefined;
  return digest !== undefined && /^[0-9a-f]{64}$/.test(digest) ? digest : undefined;
}
