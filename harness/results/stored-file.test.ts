import { expect } from 'chai';
import fc from 'fast-check';
import { digestOf } from '../cache/digest.ts';
import { formatStoredFile, parseStoredFile, STORED_VERSION } from './stored-file.ts';
import { PASS, storedFile } from './testing/stored.ts';

const wanted = { key: 'sha256:key', file: 'a.spec.ts' };
const stored = storedFile('a.spec.ts', { one: PASS, two: undefined });

describe('a stored file', () => {
  it('is read back as it was written', () => {
    expect(parseStoredFile(formatStoredFile(stored), wanted)).to.deep.equal(stored);
  });

  /** With the digest that such a file would have. */
  const sealed = (json: string): string => `${digestOf(json)}\n${json}\n`;

  for (const [what, content] of [
    ['is cut', formatStoredFile(stored).slice(0, -20)],
    ['is empty', ''],
    ['is no JSON', '\u0000\u0000'],
    ['is no JSON, but digested', sealed('{')],
    ['is of another form', sealed('{"version":1}')],
    ['is of another version', sealed(JSON.stringify({ ...stored, version: STORED_VERSION + 1 }))],
    ['is about another file', sealed(JSON.stringify({ ...stored, file: 'b.spec.ts' }))],
    ['has another key', sealed(JSON.stringify({ ...stored, key: 'sha256:other' }))],
    ['has an unknown verdict', sealed(JSON.stringify(stored).replace('"pass"', '"great"'))],
    [
      'has changed on the disk',
      formatStoredFile(stored).replace('"durationMs":12', '"durationMs":13'),
    ],
  ] as const) {
    it(`counts as missing if it ${what}`, () => {
      expect(parseStoredFile(content, wanted)).to.equal(undefined);
    });
  }

  it('counts as missing, and throws nothing, whatever else it holds', () => {
    const whole = formatStoredFile(stored);
    const json = JSON.stringify(stored);
    const damage = (text: string) =>
      fc
        .tuple(fc.nat(text.length), fc.nat(20), fc.string())
        .map(([at, length, other]) => text.slice(0, at) + other + text.slice(at + length));
    const any = fc.oneof(
      fc.string(),
      fc.jsonValue().map((value) => JSON.stringify(value)),
      damage(whole),
      damage(json),
    );
    fc.assert(
      fc.property(any, (content) => {
        expect(parseStoredFile(content, wanted) ?? stored).to.deep.equal(stored);
      }),
    );
    fc.assert(
      fc.property(any, (json) => {
        const parsed = parseStoredFile(sealed(json), wanted);
        if (parsed === undefined) return;
        expect(parsed).to.include({ version: STORED_VERSION, ...wanted });
        expect(parseStoredFile(formatStoredFile(parsed), wanted)).to.deep.equal(parsed);
      }),
    );
  });
});
