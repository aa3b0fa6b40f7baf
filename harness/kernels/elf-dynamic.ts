/** What a program or library needs of others to start: the part of an ELF file that a loader reads. */
import { ElfFault, type ElfFile, segmentsOf } from './elf.ts';

const SEGMENT_LOAD = 1;
const SEGMENT_DYNAMIC = 2;
const SEGMENT_INTERPRETER = 3;

/** PATH_MAX of Linux. */
const TEXT_BYTES_MAX = 4096;
/** Libraries that a file names, and folders to search for them. */
const NEEDED_MAX = 256;
const FOLDERS_MAX = 64;

/** How a program is put together when it starts. If all are absent or empty, it is static. */
export interface DynamicParts {
  /** Path of the loader, `/lib64/ld-linux-x86-64.so.2`. */
  readonly interpreter?: string;
  /** Names of the libraries that it needs, as written. */
  readonly needed: readonly string[];
  /** Folders in which it looks for them (DT_RUNPATH, else DT_RPATH), as written. */
  readonly searchFolders: readonly string[];
}

const TAG_END = 0;
const TAG_NEEDED = 1;
const TAG_STRINGS = 5;
const TAG_RPATH = 15;
const TAG_RUNPATH = 29;

export function readDynamicParts(elf: ElfFile): DynamicParts {
  const interpreter = segmentsOf(elf, SEGMENT_INTERPRETER)[0];
  const dynamic = segmentsOf(elf, SEGMENT_DYNAMIC)[0] ?? Buffer.alloc(0);
  const tags: { readonly tag: number; readonly value: number }[] = [];
  for (let at = 0; at + 16 <= dynamic.length; at += 16) {
    const tag = Number(dynamic.readBigUInt64LE(at));
    if (tag === TAG_END) break;
    tags.push({ tag, value: Number(dynamic.readBigUInt64LE(at + 8)) });
  }
  const strings = tags.find(({ tag }) => tag === TAG_STRINGS);
  const texts = (wanted: number) => {
    const values = tags.filter(({ tag }) => tag === wanted).map(({ value }) => value);
    if (values.length === 0) return [];
    if (!strings) throw new ElfFault('an ELF file whose dynamic section has no strings');
    if (values.length > NEEDED_MAX) throw new ElfFault(`an ELF file with ${values.length} needs`);
    const table = elf.bytes.subarray(fileOffset(elf, strings.value));
    return values.map((value) => readString(table, value));
  };
  const runPath = texts(TAG_RUNPATH);
  const paths = runPath.length > 0 ? runPath : texts(TAG_RPATH);
  const folders = paths.flatMap((text) => text.split(':')).filter((folder) => folder !== '');
  if (folders.length > FOLDERS_MAX) {
    throw new ElfFault(`an ELF file that searches ${folders.length} folders`);
  }
  return {
    ...(interpreter ? { interpreter: readString(interpreter, 0) } : {}),
    needed: texts(TAG_NEEDED),
    searchFolders: folders,
  };
}

function fileOffset({ segments }: ElfFile, address: number): number {
  const segment = segments.find(
    ({ type, address: begin, size }) =>
      type === SEGMENT_LOAD && address >= begin && address < begin + size,
  );
  if (!segment) throw new ElfFault('an ELF file that points outside of itself');
  return segment.offset + (address - segment.address);
}

function readString(table: Buffer, at: number): string {
  const text = table.subarray(at, at + TEXT_BYTES_MAX);
  const end = text.indexOf(0);
  if (end < 0) throw new ElfFault('an ELF file with an endless string');
  return text.toString('latin1', 0, end);
}
