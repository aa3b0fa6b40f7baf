/**
 * The layout of a tar archive (POSIX.1-1988, ustar) of plain files, to the byte. Written by hand: a
 * bundle has exactly one valid form, so its reader compares each header with the one that the writer
 * would have written. Libraries read whatever any tar has ever written, and that is where links,
 * duplicates, long names and sizes in extended headers come in.
 */

export const BLOCK_BYTES = 512;
/** Two empty blocks. */
export const END_BYTES = 2 * BLOCK_BYTES;
const NAME_BYTES_MAX = 100;
const PREFIX_BYTES_MAX = 155;
/** 2000-01-01: GNU tar warns of times that it finds implausibly old. */
const MODIFIED_SECONDS = 946_684_800;

export interface TarFile {
  /** In ASCII. */
  readonly name: string;
  readonly size: number;
  readonly mode: number;
}

/** Whether a header has room for the name. */
export function fitsHeader(name: string): boolean {
  return splitName(name) !== undefined;
}

/** Throws a TypeError for a name that does not fit. */
export function formatHeader({ name, size, mode }: TarFile): Buffer {
  const split = splitName(name);
  if (split === undefined) throw new TypeError(`Expected a name that fits a header, found ${name}`);
  const header = Buffer.alloc(BLOCK_BYTES);
  header.write(split.name, 0, 'latin1');
  header.write(octal(mode, 8), 100);
  // Owned by root, whoever wrote it.
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(size, 12), 124);
  header.write(octal(MODIFIED_SECONDS, 12), 136);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  header.write(octal(0, 8), 329);
  header.write(octal(0, 8), 337);
  header.write(split.prefix, 345, 'latin1');
  // The sum is taken with spaces in its own field.
  header.write(' '.repeat(8), 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 7)} `, 148);
  return header;
}

/** From the end of a file's content to the next header. */
export function paddingOf(size: number): number {
  return -size & (BLOCK_BYTES - 1);
}

/** In so many bytes, of which the last is NUL. */
function octal(value: number, bytes: number): string {
  return `${value.toString(8).padStart(bytes - 1, '0')}\0`;
}

interface SplitName {
  readonly prefix: string;
  readonly name: string;
}

/** A long name is split at a slash, which is not stored. */
function splitName(name: string): SplitName | undefined {
  if (name.length <= NAME_BYTES_MAX) return { prefix: '', name };
  const at = name.indexOf('/', name.length - NAME_BYTES_MAX - 1);
  if (at < 1 || at > PREFIX_BYTES_MAX || at === name.length - 1) return undefined;
  return { prefix: name.slice(0, at), name: name.slice(at + 1) };
}

/** What a block says of itself if it is not the header that it should be: a noun phrase, not yet printable. */
export function describeHeader(header: Buffer): string {
  const kind = KINDS[String.fromCharCode(header[156] ?? 0)] ?? 'something';
  const text = (from: number, to: number) =>
    header.toString('latin1', from, to).replace(/\0.*$/s, '');
  const prefix = text(345, 345 + PREFIX_BYTES_MAX);
  const name = `${prefix === '' ? '' : `${prefix}/`}${text(0, NAME_BYTES_MAX)}`;
  return name === '' ? `${kind} without a name` : `${kind} ${name}`;
}

/** By type flag. */
const KINDS: Readonly<Record<string, string>> = {
  '\0': 'the file',
  '0': 'the file',
  '1': 'the hard link',
  '2': 'the link',
  '3': 'the device',
  '4': 'the device',
  '5': 'the folder',
  '6': 'the FIFO',
};
