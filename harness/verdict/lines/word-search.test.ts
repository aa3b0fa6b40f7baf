import { expect } from 'chai';
import fc from 'fast-check';
import { createWordSearch } from './word-search.ts';

describe('a word search', () => {
  it('finds what a search for each word on its own finds first', () => {
    // Few letters, so that words overlap and begin alike.
    const word = fc.string({ unit: fc.constantFrom('a', 'b', ' '), minLength: 3, maxLength: 6 });
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 8 }),
        fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'c'), maxLength: 60 }),
        fc.nat(10),
        (words, text, from) => {
          const found = words.map((one) => text.indexOf(one, from)).filter((at) => at >= from);
          const expected = found.length === 0 ? -1 : Math.min(...found);
          expect(createWordSearch(words)(Buffer.from(text), from)).to.equal(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('takes no words that are too short to be told apart quickly', () => {
    expect(() => createWordSearch(['panic', 'no'])).to.throw(RangeError);
  });
});
