import { expect } from 'chai';
import fc from 'fast-check';
import { createShortWordSearch } from './short-word-search.ts';

const WORDS = ['BUG: ', '[#', 'ab'];

describe('the search for short words', () => {
  it('finds the first of them, wherever it is asked to begin', () => {
    const text = fc.string({ unit: fc.constantFrom('B', 'U', 'G', ':', ' ', '[', '#', 'a', 'b') });
    fc.assert(
      fc.property(text, fc.array(fc.nat(40), { minLength: 1 }), (input, froms) => {
        const find = createShortWordSearch(WORDS);
        const bytes = Buffer.from(input);
        for (const from of froms) {
          const expected = WORDS.map((word) => input.indexOf(word, Math.min(from, input.length)))
            .filter((at) => at !== -1)
            .sort((one, other) => one - other)[0];
          expect(find(bytes, Math.min(from, input.length))).to.equal(expected ?? -1);
        }
      }),
    );
  });

  it('begins anew in other bytes', () => {
    const find = createShortWordSearch(WORDS);
    expect(find(Buffer.from('x [#1]'), 0)).to.equal(2);
    expect(find(Buffer.from('[#1]'), 0)).to.equal(0);
    expect(find(new Uint8Array([1, 2, 3]), 0)).to.equal(-1);
  });
});
