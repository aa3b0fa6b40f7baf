import { expect } from 'chai';
import fc from 'fast-check';
import { jsonPieces } from './json-pieces.ts';

const inOne = (value: unknown): string => [...jsonPieces(value)].join('');
const long = (item: unknown): unknown[] => Array.from({ length: 1001 }, () => item);

describe('JSON in pieces', () => {
  it('is the text that JSON.stringify gives, as long as no list is long', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const all = { value, none: undefined, list: [value, [value]] };
        expect(inOne(all)).to.equal(JSON.stringify(all, undefined, 2));
      }),
    );
  });

  it('has the same meaning with long lists, wherever they are', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const value = {
          one,
          lists: [{ other, list: long(one) }],
          none: undefined,
          deep: [[[[[]]]]],
        };
        for (const whole of [long(other), value, [[value]]]) {
          expect(JSON.stringify(JSON.parse(inOne(whole)))).to.equal(JSON.stringify(whole));
        }
      }),
      { numRuns: 20 },
    );
  });

  it('has each item of a long list on a line of its own, and as a piece', () => {
    const hits = Array.from({ length: 2000 }, (_, hit) => ({ cell: `cell ${hit}` }));
    const report = { crashes: [{ title: 'x', hits }], cells: hits };
    for (const piece of jsonPieces(report)) expect(piece.length).to.be.below(100);
    const lines = inOne(report).split('\n');
    expect(lines).to.include('        {"cell":"cell 7"},').and.include('    {"cell":"cell 1999"}');
  });
});
