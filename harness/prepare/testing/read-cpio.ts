/** Reads newc archives, one after the other, as the kernel does: cpio(5). For tests alone. */
export interface CpioRecord {
  readonly path: string;
  readonly inode: number;
  readonly mode: number;
  readonly links: number;
  readonly major: number;
  readonly minor: number;
  readonly content: Buffer;
  /** Owner, group and time, which have to be 0. */
  readonly others: readonly number[];
}

export function readCpio(bytes: Buffer): CpioRecord[] {
  const records: CpioRecord[] = [];
  for (let next = 0; next < bytes.length; ) {
    const at = next;
    if (bytes.toString('latin1', at, at + 6) !== '070701') throw new Error(`no header at ${at}`);
    const number = (index: number) =>
      Number.parseInt(bytes.toString('latin1', at + 6 + 8 * index, at + 14 + 8 * index), 16);
    const nameEnd = at + 110 + number(11);
    const path = bytes.toString('utf8', at + 110, nameEnd - 1);
    const begin = align(nameEnd);
    const content = bytes.subarray(begin, begin + number(6));
    next = align(begin + number(6));
    if (path === 'TRAILER!!!') continue;
    records.push({
      path,
      inode: number(0),
      mode: number(1),
      links: number(4),
      major: number(9),
      minor: number(10),
      content,
      others: [number(2), number(3), number(5), number(7), number(8), number(12)],
    });
  }
  return records;
}

function align(offset: number): number {
  return (offset + 3) & ~3;
}
