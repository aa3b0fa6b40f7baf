/**
 * Reads cpio archives in the `newc` format: initramfs archives (kernel
 * Documentation/driver-api/early-userspace/buffer-format.rst) and the content of RPM packages. Hand-written:
 * it is one header of fixed size, and the npm packages for it are unmaintained and keep whole archives in
 * memory.
 */
import { type ArchiveEntry, ArchiveFault } from './archive-entry.ts';
import { ByteReader } from './byte-reader.ts';
import { entryPath, linkTarget } from './entry-path.ts';

const ARCHIVE = 'a cpio archive';
const HEADER_BYTES = 110;
const END = 'TRAILER!!!';
/** Also for the targets of links: PATH_MAX of Linux and the NUL. */
const NAME_BYTES_MAX = 4097;

/** inode(7), file type bits. */
const TYPE_MASK = 0o170000;
const FOLDER = 0o040000;
const FILE = 0o100000;
const LINK = 0o120000;

export function isCpio(head: Buffer): boolean {
  return /^07070[12]/.test(head.toString('latin1', 0, 6));
}

/**
 * The entries of an archive, up to its trailer. Throws an ArchiveFault if it is broken, or if a path
 * leads out of it.
 */
export async function* cpioEntries(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<ArchiveEntry> {
  const reader = new ByteReader(source);
  try {
    for (;;) {
      const header = readHeader(await reader.take(HEADER_BYTES, ARCHIVE));
      const name = await takeText(reader, header.nameBytes);
      await skipPadding(reader);
      if (name === END) break;
      const end = reader.offset + header.bytes;
      yield await describe(reader, entryPath(name), header);
      await reader.skip(end - reader.offset, ARCHIVE);
      await skipPadding(reader);
    }
    // Whoever unpacks or digests the source has to see its end.
    for await (const _ of reader.rest());
  } finally {
    await reader.close();
  }
}

interface Header {
  readonly inode: string;
  readonly type: number;
  readonly links: number;
  readonly bytes: number;
  readonly nameBytes: number;
}

function readHeader(header: Buffer): Header {
  if (!isCpio(header)) {
    const found = header.toString('latin1', 0, 6);
    // RPM writes its own kind for packages with a file above 4 GiB.
    const why = found === '07070X' ? ' of a package with huge files' : ' with a broken header';
    throw new ArchiveFault(`${ARCHIVE}${why}`);
  }
  const text = header.toString('latin1', 6);
  if (!/^[0-9a-fA-F]{104}$/.test(text)) {
    throw new ArchiveFault(`${ARCHIVE} with a broken header`);
  }
  const field = (index: number) => Number.parseInt(text.slice(8 * index, 8 * index + 8), 16);
  const nameBytes = field(11);
  if (nameBytes === 0 || nameBytes > NAME_BYTES_MAX) {
    throw new ArchiveFault(`${ARCHIVE} with a name of ${nameBytes} bytes`);
  }
  return {
    inode: `${field(7)}:${field(8)}:${field(0)}`,
    type: field(1) & TYPE_MASK,
    links: field(4),
    bytes: field(6),
    nameBytes,
  };
}

async function takeText(reader: ByteReader, bytes: number): Promise<string> {
  return (await reader.take(bytes, ARCHIVE)).toString('utf8').replace(/\0$/, '');
}

async function describe(reader: ByteReader, path: string, header: Header): Promise<ArchiveEntry> {
  const { type, bytes, links, inode } = header;
  switch (type) {
    case FILE:
      return {
        kind: 'file',
        path,
        bytes,
        content: reader.stream(bytes, ARCHIVE),
        ...(links > 1 && { inode }),
      };
    case FOLDER:
      return { kind: 'folder', path };
    case LINK:
      if (bytes >= NAME_BYTES_MAX)
        throw new ArchiveFault(`${ARCHIVE} with a link of ${bytes} bytes`);
      return { kind: 'link', path, target: linkTarget(await takeText(reader, bytes)) };
    default:
      return { kind: 'other', path };
  }
}

/** Headers and contents begin at multiples of four. */
async function skipPadding(reader: ByteReader): Promise<void> {
  await reader.skip(-reader.offset & 3, ARCHIVE);
}
