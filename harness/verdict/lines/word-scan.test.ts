import { expect } from 'chai';
import fc from 'fast-check';
import { createWordScan } from './word-scan.ts';

describe('the scan for words', () => {
  it('finds the words that a text contains', () => {
    const word = fc.string({ unit: fc.constantFrom(...'abc'), minLength: 3, maxLength: 6 });
    const words = fc.uniqueArray(word, { minLength: 1, maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom(...'abcd\u00e1\u2261'), maxLength: 30 });
    fc.assert(
      fc.property(words, text, text, (some, ...texts) => {
        const scan = createWordScan(some);
        for (const one of texts) {
          const expected = [...some.keys()].filter((index) => one.includes(some[index] ?? ''));
          expect([...scan(one)].sort()).to.deep.equal(expected);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('needs words that are long enough to be rare', () => {
    expect(() => createWordScan(['abc', 'ab'])).to.throw(RangeError);
  });
});
