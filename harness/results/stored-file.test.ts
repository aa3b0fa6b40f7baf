import { expect } from 'chai';
import fc from 'fast-check';
import { formatStoredFile, parseStoredFile, STORED_VERSION } from './stored-file.ts';
import { PASS, storedFile } from './testing/stored.ts';

const wanted = { key: 'sha256:key', file: 'a.spec.ts' };
const stored = storedFile('a.spec.ts', { one: PASS, two: undefined });

describe('a stored file', () => {
  it('is read back as it was written', () => {
    expect(parseStoredFile(formatStoredFile(stored), wanted)).to.deep.equal(stored);
  });

  for (const [what, content] of [
    ['is cut', formatStoredFile(stored).slice(0, 90)],
    ['is empty', ''],
    ['is no JSON', '\u0000\u0000'],
    ['is of another form', '{"version":1}'],
    ['is of another version', JSON.stringify({ ...stored, version: STORED_VERSION + 1 })],
    ['is about another file', JSON.stringify({ ...stored, file: 'b.spec.ts' })],
    ['has another key', JSON.stringify({ ...stored, key: 'sha256:other' })],
    ['has an unknown verdict', formatStoredFile(stored).replace('"pass"', '"great"')],
  ] as const) {
    it(`counts as missing if it ${what}`, () => {
      expect(parseStoredFile(content, wanted)).to.equal(undefined);
    });
  }

  it('counts as missing, and throws nothing, whatever else it holds', () => {
    const whole = formatStoredFile(stored);
    const damaged = fc
      .tuple(fc.nat(whole.length), fc.nat(20), fc.string())
      .map(([at, length, text]) => whole.slice(0, at) + text + whole.slice(at + length));
    const any = fc.oneof(
      fc.string(),
      fc.jsonValue().map((value) => JSON.stringify(value)),
      damaged,
    );
    fc.assert(
      fc.property(any, (content) => {
        const parsed = parseStoredFile(content, wanted);
        if (parsed === undefined) return;
        expect(parsed).to.include({ version: STORED_VERSION, ...wanted });
        expect(parseStoredFile(formatStoredFile(parsed), wanted)).to.deep.equal(parsed);
      }),
    );
  });
});
