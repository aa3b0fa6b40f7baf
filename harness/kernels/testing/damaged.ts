import fc from 'fast-check';

/** Where overflows and endless loops lie. */
const EXTREMES = [0n, 1n, 0x7fffffffn, 0xfffffff0n, 0xffffffffn, 2n ** 53n, 2n ** 64n - 16n];

/** Bytes that a decoder may be given: of any kind, or sound ones that were changed and cut. */
export function damaged(sound: Buffer): fc.Arbitrary<Buffer> {
  const byte = fc.record({ at: fc.nat(sound.length - 1), value: fc.nat(255) });
  const word = fc.record({
    at: fc.nat(Math.max(0, sound.length - 8)),
    value: fc.constantFrom(...EXTREMES),
    size: fc.constantFrom(4, 8),
  });
  const changed = fc
    .record({
      bytes: fc.array(byte, { maxLength: 6 }),
      words: fc.array(word, { maxLength: 3 }),
      length: fc.oneof(fc.constant(sound.length), fc.nat(sound.length)),
    })
    .map(({ bytes, words, length }) => {
      const result = Buffer.from(sound);
      for (const { at, value } of bytes) result[at] = value;
      for (const { at, value, size } of words) {
        if (at + size > result.length) continue;
        if (size === 8) result.writeBigUInt64LE(value, at);
        else result.writeUInt32LE(Number(value & 0xffffffffn), at);
      }
      return result.subarray(0, length);
    });
  const any = fc.uint8Array({ maxLength: 2048 }).map((bytes) => Buffer.from(bytes));
  return fc.oneof({ weight: 6, arbitrary: changed }, { weight: 1, arbitrary: any });
}
