import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import fc from 'fast-check';
import { unitsOf } from './mutations.ts';
import { TARGETS } from './targets.ts';
import type { CountRequest } from './testing/count-operations.ts';

const BYTES_MIN = 8 * 1024;
const BYTES_MAX = 64 * 1024;
/** Linear time grows by 2, quadratic time by 4. */
const GROWTH_MAX = 2.5;
/** More than any target takes: `ttrpc-answers` tries 27 kinds of answers and takes 300. */
const OPERATIONS_PER_BYTE = 500;

describe('linear time', () => {
  let worker: Worker;
  before(() => {
    worker = new Worker(new URL('testing/count-operations.ts', import.meta.url));
  });
  after(async () => {
    await worker.terminate();
  });

  async function count(request: CountRequest): Promise<number> {
    worker.postMessage(request);
    const [operations] = await once(worker, 'message');
    return operations;
  }

  const countOf = (target: string, unit: Uint8Array, bytes: number): Promise<number> =>
    count({ target, input: Buffer.alloc(bytes, unit) });

  /** Whether the operations grow faster than the input each time it is doubled, up to many of them. */
  async function isSlow(target: string, unit: Uint8Array): Promise<boolean> {
    // Fields whose lengths are of the order of the input's let a few operations grow in leaps.
    let after = await countOf(target, unit, BYTES_MAX);
    if (after <= OPERATIONS_PER_BYTE * BYTES_MAX) return false;
    for (let bytes = BYTES_MAX / 2; bytes >= BYTES_MIN; bytes /= 2) {
      const before = await countOf(target, unit, bytes);
      if (after / (before + 1000) <= GROWTH_MAX) return false;
      after = before;
    }
    return true;
  }

  for (const { name, seeds } of TARGETS) {
    it(`is all that an input takes: ${name}`, async function () {
      this.timeout(60_000);
      const property = fc.asyncProperty(unitsOf(seeds()), async (unit) => {
        expect(await isSlow(name, unit)).to.equal(false);
      });
      await fc.assert(property, { numRuns: 25 });
    });
  }

  it('is not what a quadratic function takes', async () => {
    expect(await isSlow('quadratic', Buffer.from('x'))).to.equal(true);
  });
});
