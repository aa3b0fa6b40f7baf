import fc from 'fast-check';

/** The longest input; quadratic time shows with less. */
export const INPUT_BYTES_MAX = 256 * 1024;

type Change = (input: Buffer, seeds: readonly Uint8Array[]) => Buffer;

/** Text with a meaning to some decoder. */
const MEANT = [
  ...['\0', '\n', '\r\n', ' ', '"', '\\', "'", ',', ':', '-1', '1.5', '1e999', '9007199254740993'],
  ...[
    'null',
    '[',
    ']',
    '{',
    '}',
    '{"a":',
    '[[',
    '\u001b',
    '\u001b]',
    '\u001b[',
    '\u0007',
    '\u009b',
  ],
  ...['KMXF', '../', '*', '%s', '__proto__', '🙂', '\u202e', 'a', '0', 'x'.repeat(100)],
].map((text) => Buffer.from(text));

const RAW = [
  '00',
  'ff',
  '7f',
  '80',
  'ffffffff',
  '7fffffff',
  '00400000',
  '0b',
  '78',
  'ed',
  'c0',
].map((hex) => Buffer.from(hex, 'hex'));

const piece = fc.oneof(
  fc.constantFrom(...MEANT, ...RAW),
  fc.uint8Array({ minLength: 1, maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
);
const place = fc.nat(0xffff_ffff);
const times = fc.oneof(
  { weight: 6, arbitrary: fc.constant(1) },
  { weight: 2, arbitrary: fc.integer({ min: 2, max: 64 }) },
  { weight: 1, arbitrary: fc.constantFrom(1000, 30_000) },
);

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(place, piece, times).map(
    ([at, bytes, count]): Change =>
      (input) => {
        const offset = at % (input.length + 1);
        const added = Buffer.alloc(bytes.length * count, bytes);
        return Buffer.concat([input.subarray(0, offset), added, input.subarray(offset)]);
      },
  ),
  fc.tuple(place, piece).map(
    ([at, bytes]): Change =>
      (input) => {
        const offset = at % (input.length + 1);
        const rest = input.subarray(offset + bytes.length);
        return Buffer.concat([input.subarray(0, offset), bytes, rest]);
      },
  ),
  fc.tuple(place, fc.integer({ min: 1, max: 200 })).map(
    ([at, length]): Change =>
      (input) => {
        const offset = at % (input.length + 1);
        return Buffer.concat([input.subarray(0, offset), input.subarray(offset + length)]);
      },
  ),
  fc.tuple(place, fc.integer({ min: 1, max: 200 }), times).map(
    ([at, length, count]): Change =>
      (input) => {
        const offset = at % (input.length + 1);
        const bytes = input.subarray(offset, offset + length);
        const added = bytes.length === 0 ? bytes : Buffer.alloc(bytes.length * count, bytes);
        return Buffer.concat([input.subarray(0, offset), added, input.subarray(offset)]);
      },
  ),
  fc.tuple(place, place, place).map(
    ([at, from, which]): Change =>
      (input, seeds) => {
        const other = Buffer.from(seeds[which % seeds.length] ?? []);
        const offset = at % (input.length + 1);
        return Buffer.concat([
          input.subarray(0, offset),
          other.subarray(from % (other.length + 1)),
        ]);
      },
  ),
);

/** Short inputs to repeat: parts of the seeds, and text with a meaning to some decoder. */
export function unitsOf(seeds: readonly Uint8Array[]): fc.Arbitrary<Buffer> {
  const slice = fc.tuple(fc.constantFrom(...seeds), place, fc.integer({ min: 1, max: 2000 }));
  const part = fc.oneof(
    piece,
    slice.map(([seed, from, length]) => {
      const start = from % Math.max(1, seed.length);
      return Buffer.from(seed.subarray(start, start + length));
    }),
  );
  return fc
    .array(part, { minLength: 1, maxLength: 4 })
    .map((parts) => Buffer.concat(parts))
    .filter(({ length }) => length > 0);
}

/** Seeds with a few changes, and now and then random bytes. */
export function mutationsOf(seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const changed = fc
    .tuple(fc.nat(seeds.length - 1), fc.array(change, { maxLength: 8 }))
    .map(([which, changes]) =>
      changes.reduce<Buffer>(
        (input, apply) => apply(input, seeds).subarray(0, INPUT_BYTES_MAX),
        Buffer.from(seeds[which] ?? []),
      ),
    );
  return fc.oneof(
    { weight: 30, arbitrary: changed },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  );
}
