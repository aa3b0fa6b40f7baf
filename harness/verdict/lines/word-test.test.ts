import { expect } from 'chai';
import fc from 'fast-check';
import { createWordTest } from './word-test.ts';

describe('the test for words in a text', () => {
  it('agrees with a search for each of them', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '[', 'é', '🙂'), maxLength: 30 });
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '['), minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), text, (words, whole) => {
        const expected = words.some((one) => whole.includes(one));
        expect(createWordTest(words)(whole)).to.equal(expected);
      }),
    );
  });
});
