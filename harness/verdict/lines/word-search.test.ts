import { expect } from 'chai';
import fc from 'fast-check';
import { createWordSearch } from './word-search.ts';

describe('a word search', () => {
  it('finds a word in the first line that has one', () => {
    // Few letters, so that words overlap and begin alike.
    const word = fc.string({ unit: fc.constantFrom('a', 'B', ' '), minLength: 3, maxLength: 7 });
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 8 }),
        fc.string({ unit: fc.constantFrom('a', 'B', ' ', 'c', '\n'), maxLength: 60 }),
        fc.nat(10),
        (words, text, from) => {
          const found = createWordSearch(words)(Buffer.from(text), from);
          const all = words.map((one) => text.indexOf(one, from)).filter((at) => at >= from);
          if (all.length === 0) expect(found).to.equal(-1);
          else {
            expect(found).to.be.at.least(from);
            expect(words.some((one) => text.startsWith(one, found))).to.equal(true);
            expect(text.slice(Math.min(...all), found)).not.to.contain('\n');
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('takes no words that are too short to be told apart quickly', () => {
    expect(() => createWordSearch(['panic', 'no'])).to.throw(RangeError);
  });
});
