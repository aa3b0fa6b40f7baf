/**
 * An ELF file with nothing but symbols, so that a debugger knows the names of functions where there is no
 * file with debugging information. Layout: elf(5).
 */
import type { KernelSymbol } from './kallsyms.ts';

const HEADER_BYTES = 64;
const SECTION_BYTES = 64;
const SYMBOL_BYTES = 24;

const TYPE_EXECUTABLE = 2;
const MACHINE_X86_64 = 62;
const SECTION_SYMBOLS = 2;
const SECTION_STRINGS = 3;
/** Takes no room in the file. */
const SECTION_NO_BITS = 8;
const ALLOCATED_AND_EXECUTABLE = 2 | 4;

const SYMBOL_FUNCTION = 2;
const SYMBOL_OBJECT = 1;

/** Where a section's header says that its body is. */
interface Section {
  readonly name: number;
  readonly type: number;
  readonly flags?: number;
  readonly address?: bigint;
  readonly offset: number;
  readonly size: bigint;
  readonly link?: number;
  readonly info?: number;
  readonly entryBytes?: number;
}

/** Expects at least one symbol. */
export function symbolFile(symbols: readonly KernelSymbol[]): Buffer {
  const sorted = symbols.toSorted((a, b) => (a.address < b.address ? -1 : 1));
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) throw new Error('Expected at least one symbol');
  const names = Buffer.from(`\0${sorted.map(({ name }) => `${name}\0`).join('')}`, 'latin1');
  const sectionNames = Buffer.from('\0.text\0.symtab\0.strtab\0.shstrtab\0', 'latin1');
  const table = symbolTable(sorted);
  const tableAt = HEADER_BYTES;
  const namesAt = tableAt + table.length;
  const sectionNamesAt = namesAt + names.length;
  const headersAt = Math.ceil((sectionNamesAt + sectionNames.length) / 8) * 8;
  const nameOf = (name: string): number => sectionNames.indexOf(`${name}\0`, 0, 'latin1');
  const sections: Section[] = [
    { name: 0, type: 0, offset: 0, size: 0n },
    {
      ...{ name: nameOf('.text'), type: SECTION_NO_BITS, flags: ALLOCATED_AND_EXECUTABLE },
      ...{ address: first.address, offset: tableAt, size: last.address - first.address + 1n },
    },
    {
      ...{ name: nameOf('.symtab'), type: SECTION_SYMBOLS, offset: tableAt },
      // All symbols but the first, which is none, are global.
      ...{ size: BigInt(table.length), link: 3, info: 1, entryBytes: SYMBOL_BYTES },
    },
    {
      ...{ name: nameOf('.strtab'), type: SECTION_STRINGS, offset: namesAt },
      size: BigInt(names.length),
    },
    {
      ...{ name: nameOf('.shstrtab'), type: SECTION_STRINGS, offset: sectionNamesAt },
      size: BigInt(sectionNames.length),
    },
  ];
  const padding = Buffer.alloc(headersAt - sectionNamesAt - sectionNames.length);
  const headers = sections.map(sectionHeader);
  const header = fileHeader(headersAt, sections.length);
  return Buffer.concat([header, table, names, sectionNames, padding, ...headers]);
}

function symbolTable(symbols: readonly KernelSymbol[]): Buffer {
  const table = Buffer.alloc((symbols.length + 1) * SYMBOL_BYTES);
  let name = 1;
  symbols.forEach((symbol, index) => {
    const at = (index + 1) * SYMBOL_BYTES;
    const binding = 1 << 4;
    table.writeUInt32LE(name, at);
    table.writeUInt8(binding | (symbol.isCode ? SYMBOL_FUNCTION : SYMBOL_OBJECT), at + 4);
    table.writeUInt16LE(1, at + 6);
    table.writeBigUInt64LE(symbol.address, at + 8);
    name += Buffer.byteLength(symbol.name, 'latin1') + 1;
  });
  return table;
}

function fileHeader(sectionsAt: number, sectionCount: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]).copy(header);
  header.writeUInt16LE(TYPE_EXECUTABLE, 16);
  header.writeUInt16LE(MACHINE_X86_64, 18);
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(BigInt(sectionsAt), 40);
  header.writeUInt16LE(HEADER_BYTES, 52);
  header.writeUInt16LE(SECTION_BYTES, 58);
  header.writeUInt16LE(sectionCount, 60);
  header.writeUInt16LE(sectionCount - 1, 62);
  return header;
}

function sectionHeader(section: Section): Buffer {
  const header = Buffer.alloc(SECTION_BYTES);
  header.writeUInt32LE(section.name, 0);
  header.writeUInt32LE(section.type, 4);
  header.writeBigUInt64LE(BigInt(section.flags ?? 0), 8);
  header.writeBigUInt64LE(section.address ?? 0n, 16);
  header.writeBigUInt64LE(BigInt(section.offset), 24);
  header.writeBigUInt64LE(section.size, 32);
  header.writeUInt32LE(section.link ?? 0, 40);
  header.writeUInt32LE(section.info ?? 0, 44);
  header.writeBigUInt64LE(1n, 48);
  header.writeBigUInt64LE(BigInt(section.entryBytes ?? 0), 56);
  return header;
}
