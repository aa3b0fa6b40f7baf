import { expect } from 'chai';
import fc from 'fast-check';
import { createLineIndex } from './line-index.ts';

describe('The index of lines', () => {
  it('knows the line of each byte, however the text is split', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('\n', 'a', 'bc\n', '\r\n'), { maxLength: 60 }),
        fc.integer({ min: 1, max: 7 }),
        (parts, size) => {
          const text = Buffer.from(parts.join(''));
          const index = createLineIndex();
          for (let at = 0; at < text.length; at += size) index.push(text.subarray(at, at + size));
          for (let at = 0; at < text.length; at += 1) {
            expect(index.lineAt(at)).to.equal(text.toString('utf8', 0, at).split('\n').length);
          }
          const lines = text.toString().replace(/\n$/, '').split('\n').length;
          expect(index.lines).to.equal(text.length === 0 ? 0 : lines);
        },
      ),
    );
  });

  it('forgets lines that began long ago, and says so', () => {
    const index = createLineIndex(4);
    index.push(Buffer.from('1\n2\n3\n4\n5\n6'));
    expect([0, 2, 4, 6, 8, 10].map((at) => index.lineAt(at))).to.deep.equal([
      ...[undefined, undefined],
      ...[3, 4, 5, 6],
    ]);
  });
});
