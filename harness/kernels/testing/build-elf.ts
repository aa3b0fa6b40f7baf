import { omitUndefined } from '../../omit-undefined.ts';

/** Makes small ELF files of 64 bits for tests. Layouts: elf(5). */
export interface ElfParts {
  readonly machine?: number;
  /** `e_type`: 3 for a library, 4 for a core dump. */
  readonly type?: number;
  readonly segments?: readonly {
    readonly type: number;
    readonly body: Buffer;
    readonly address?: number;
  }[];
  readonly sections?: readonly { readonly name: string; readonly body: Buffer }[];
  /** Bytes that no header describes. */
  readonly tail?: Buffer;
}

export function buildElf(parts: ElfParts): Buffer {
  const { machine = 62, type = 3, segments = [], sections = [], tail } = parts;
  const names = Buffer.from(`\0${sections.map(({ name }) => `${name}\0`).join('')}.names\0`);
  const allSections = sections.length === 0 ? [] : [...sections, { name: '.names', body: names }];
  const segmentTable = 64;
  const sectionTable = segmentTable + 56 * segments.length;
  const sectionCount = allSections.length === 0 ? 0 : allSections.length + 1;
  let end = sectionTable + 64 * sectionCount;
  const head = Buffer.alloc(end);
  const bodies: Buffer[] = [];
  const place = (body: Buffer) => {
    bodies.push(body);
    end += body.length;
    return end - body.length;
  };
  head.write('\x7fELF\x02\x01\x01', 'latin1');
  head.writeUInt16LE(type, 16);
  head.writeUInt16LE(machine, 18);
  head.writeBigUInt64LE(BigInt(segmentTable), 32);
  head.writeBigUInt64LE(BigInt(sectionTable), 40);
  head.writeUInt16LE(56, 54);
  head.writeUInt16LE(segments.length, 56);
  head.writeUInt16LE(64, 58);
  head.writeUInt16LE(sectionCount, 60);
  head.writeUInt16LE(Math.max(0, sectionCount - 1), 62);
  segments.forEach(({ type, body, address = 0 }, index) => {
    const at = segmentTable + 56 * index;
    head.writeUInt32LE(type, at);
    head.writeBigUInt64LE(BigInt(place(body)), at + 8);
    head.writeBigUInt64LE(BigInt(address), at + 16);
    head.writeBigUInt64LE(BigInt(body.length), at + 32);
  });
  allSections.forEach(({ name, body }, index) => {
    const at = sectionTable + 64 * (index + 1);
    head.writeUInt32LE(names.indexOf(`\0${name}\0`) + 1, at);
    head.writeBigUInt64LE(BigInt(place(body)), at + 24);
    head.writeBigUInt64LE(BigInt(body.length), at + 32);
  });
  return Buffer.concat([head, ...bodies, ...(tail ? [tail] : [])]);
}

/** A program or library, as the loader sees it. */
export function buildDynamicElf(parts: {
  readonly interpreter?: string;
  readonly needed?: readonly string[];
  readonly runPath?: string;
  readonly machine?: number;
  readonly type?: number;
}): Buffer {
  const texts = [...(parts.needed ?? []), ...(parts.runPath ? [parts.runPath] : [])];
  const strings = Buffer.from(`\0${texts.map((text) => `${text}\0`).join('')}`);
  const tags = [
    [5, 0x1000],
    ...(parts.needed ?? []).map((name) => [1, strings.indexOf(`\0${name}\0`) + 1]),
    ...(parts.runPath ? [[29, strings.indexOf(`\0${parts.runPath}\0`) + 1]] : []),
    [0, 0],
  ];
  const dynamic = Buffer.alloc(16 * tags.length);
  tags.flat().forEach((value, index) => {
    dynamic.writeBigUInt64LE(BigInt(value), 8 * index);
  });
  return buildElf({
    ...omitUndefined({ machine: parts.machine, type: parts.type }),
    segments: [
      ...(parts.interpreter ? [{ type: 3, body: Buffer.from(`${parts.interpreter}\0`) }] : []),
      { type: 1, body: strings, address: 0x1000 },
      { type: 2, body: dynamic },
    ],
  });
}
