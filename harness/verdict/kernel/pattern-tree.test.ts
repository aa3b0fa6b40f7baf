import { expect } from 'chai';
import fc from 'fast-check';
import { createPatternSearch } from './pattern-tree.ts';

describe('the tree of patterns', () => {
  it('finds the same pattern as trying one after the other', () => {
    const source = fc.constantFrom('^a', 'b$', '^(?<x>c|d)e?', 'f.g', '^$', '(?<!a)b', '[^c]d');
    const pattern = fc.record({ source, flags: fc.constantFrom('', 'i') });
    fc.assert(
      fc.property(
        fc.array(pattern, { maxLength: 12 }),
        fc.string({ unit: fc.constantFrom(...'abcdefgABD'), maxLength: 6 }),
        (patterns, text) => {
          const items = patterns.map(({ source, flags }) => ({ text: new RegExp(source, flags) }));
          const first = items.find((item) => item.text.test(text));
          expect(createPatternSearch(items)(text)).to.equal(first);
        },
      ),
      { numRuns: 500 },
    );
  });
});
