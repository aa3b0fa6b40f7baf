import { createHash } from 'node:crypto';
import { pack } from 'tar-stream';

/** A file, a link or a folder of an archive that tests make. */
export type Packed = { readonly path: string } & (
  | { readonly content: string | Uint8Array }
  | { readonly link: string }
  | { readonly sameAs: string }
  | { readonly device: true }
  | { readonly folder: true }
);

export async function buildTar(entries: readonly Packed[]): Promise<Buffer> {
  const archive = pack();
  for (const entry of entries) {
    const name = entry.path;
    if ('content' in entry) archive.entry({ name }, entry.content);
    else if ('link' in entry) archive.entry({ name, type: 'symlink', linkname: entry.link });
    else if ('sameAs' in entry) archive.entry({ name, type: 'link', linkname: entry.sameAs });
    else if ('folder' in entry) archive.entry({ name, type: 'directory' });
    else archive.entry({ name, type: 'character-device', devmajor: 1, devminor: 3 });
  }
  archive.finalize();
  return Buffer.concat(await Array.fromAsync(archive as AsyncIterable<Buffer>));
}

export interface CpioFields {
  readonly path: string;
  readonly mode: number;
  readonly content?: string | Uint8Array;
  readonly inode?: number;
  readonly links?: number;
  /** To lie about it. */
  readonly bytes?: number;
  readonly nameBytes?: number;
}

/** newc, with whatever header tests want. */
export function buildCpioOf(entries: readonly CpioFields[]): Buffer {
  return Buffer.concat(
    [...entries, { path: 'TRAILER!!!', mode: 0 }].flatMap((entry, index) => {
      const content = Buffer.from(entry.content ?? '');
      const name = Buffer.from(`${entry.path}\0`);
      const numbers = [
        ...[entry.inode ?? index + 1, entry.mode, 0, 0, entry.links ?? 1, 0],
        ...[entry.bytes ?? content.length, 0, 0, 0, 0, entry.nameBytes ?? name.length, 0],
      ];
      const fields = numbers.map((number) => number.toString(16).padStart(8, '0')).join('');
      return [padded(Buffer.from(`070701${fields}${name}`)), padded(content)];
    }),
  );
}

export function buildCpio(entries: readonly Packed[]): Buffer {
  return buildCpioOf(
    entries.map((entry): CpioFields => {
      const { path } = entry;
      if ('content' in entry) return { path, mode: 0o100644, content: entry.content };
      if ('link' in entry) return { path, mode: 0o120777, content: entry.link };
      if ('folder' in entry) return { path, mode: 0o040755 };
      return { path, mode: 0o020600 };
    }),
  );
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
}

const INT32 = 4;
const TEXT = 6;

/** An RPM package with this payload, as rpm 4.14 and later build it. */
export function buildRpm(
  payload: Buffer,
  {
    format = 'cpio',
    sha256 = createHash('sha256').update(payload).digest('hex'),
  }: { readonly format?: string; readonly sha256?: string } = {},
): Buffer {
  const lead = Buffer.alloc(96);
  lead.writeUInt32BE(0xedabeedb, 0);
  lead.writeUInt8(3, 4);
  // Of an odd length, so that what follows has to be aligned.
  const signatures = rpmHeader([{ tag: 1004, type: TEXT, value: Buffer.from('abc\0') }]);
  const gap = Buffer.alloc(-(lead.length + signatures.length) & 7);
  const header = rpmHeader([
    { tag: 1124, type: TEXT, value: Buffer.from(`${format}\0`) },
    { tag: 5092, type: 8, value: Buffer.from(`${sha256}\0`) },
    { tag: 5093, type: INT32, value: Buffer.from([0, 0, 0, 8]) },
  ]);
  return Buffer.concat([lead, signatures, gap, header, payload]);
}

interface RpmTag {
  readonly tag: number;
  readonly type: number;
  readonly value: Buffer;
}

function rpmHeader(tags: readonly RpmTag[]): Buffer {
  let offset = 0;
  const parts: Buffer[] = [];
  const index = tags.map(({ tag, type, value }) => {
    if (type === INT32) {
      parts.push(Buffer.alloc(-offset & 3));
      offset += -offset & 3;
    }
    const line = Buffer.alloc(16);
    [tag, type, offset, 1].forEach((number, at) => {
      line.writeUInt32BE(number, 4 * at);
    });
    parts.push(value);
    offset += value.length;
    return line;
  });
  const intro = Buffer.alloc(16);
  intro.writeUInt32BE(0x8eade801, 0);
  intro.writeUInt32BE(tags.length, 8);
  intro.writeUInt32BE(offset, 12);
  return Buffer.concat([intro, ...index, ...parts]);
}
