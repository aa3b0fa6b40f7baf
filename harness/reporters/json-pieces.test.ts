import { expect } from 'chai';
import fc from 'fast-check';
import { jsonPieces } from './json-pieces.ts';

const inOne = (value: unknown): string => [...jsonPieces(value)].join('');

describe('JSON in pieces', () => {
  it('is as JSON.stringify has it, also with lists that are taken apart', () => {
    const long = (item: unknown): unknown[] => Array.from({ length: 101 }, () => item);
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const values = [
          one,
          long(one),
          { one, other: long({ other, list: long(one) }), none: undefined },
          [[[long(one)], other], [[[[[long(other)]]]]]],
        ];
        for (const value of values) {
          expect(inOne(value)).to.equal(JSON.stringify(value, undefined, 2));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('has no piece that grows with a list of any length', () => {
    const hits = Array.from({ length: 10_000 }, (_, hit) => ({ cell: `cell ${hit}` }));
    const report = { crashes: [{ title: 'x', hits }], cells: hits };
    for (const piece of jsonPieces(report)) expect(piece.length).to.be.below(1000);
  });
});
