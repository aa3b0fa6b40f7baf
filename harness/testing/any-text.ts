import fc from 'fast-check';

const CODE_POINT_MAX = 0x10_ffff;
/** Halves of UTF-16 pairs, which are no characters. */
const SURROGATES = { first: 0xd800, count: 0x800 };

/** fast-check's own unit `binary` has them, too, but makes a table of them first, which takes seconds. */
const character = fc.nat(CODE_POINT_MAX - SURROGATES.count).map(
  (index) => String.fromCodePoint(index < SURROGATES.first ? index : index + SURROGATES.count),
  (value) => {
    const code = typeof value === 'string' ? value.codePointAt(0) : undefined;
    if (code === undefined || String.fromCodePoint(code) !== value)
      throw new Error('Expected one character');
    return code < SURROGATES.first ? code : code - SURROGATES.count;
  },
);

/** Texts of any characters, control characters among them. Lengths are in characters. */
export function anyText(
  lengths: { readonly minLength?: number; readonly maxLength?: number } = {},
): fc.Arbitrary<string> {
  return fc.string({ unit: character, ...lengths });
}
