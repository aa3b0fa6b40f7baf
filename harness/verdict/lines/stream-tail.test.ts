import { expect } from 'chai';
import fc from 'fast-check';
import { createStreamTail } from './stream-tail.ts';

describe('the tail of a stream', () => {
  it('is its last bytes, however they came, and says whether there were more', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 64 }),
        (chunks, bytesMax) => {
          const tail = createStreamTail(bytesMax);
          for (const chunk of chunks) tail.push(Buffer.from(chunk));
          const all = Buffer.concat(chunks);
          expect(tail.end.bytes.equals(all.subarray(-bytesMax))).to.equal(true);
          expect(tail.end.isCut).to.equal(all.length > bytesMax);
        },
      ),
    );
  });
});
