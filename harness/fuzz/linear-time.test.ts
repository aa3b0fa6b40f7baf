import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import fc from 'fast-check';
import { unitsOf } from './mutations.ts';
import { TARGETS } from './targets.ts';
import type { CountRequest } from './testing/count-operations.ts';

const BYTES_MIN = 8 * 1024;
const BYTES_MAX = 64 * 1024;
/** 2 is linear time, 4 quadratic. */
const GROWTH_MAX = 2.5;

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

  /** By how much the operations grow each time that the input is doubled. */
  async function growthOf(target: string, unit: Uint8Array): Promise<readonly number[]> {
    const counts: number[] = [];
    for (let bytes = BYTES_MIN; bytes <= BYTES_MAX; bytes *= 2) {
      counts.push(await count({ target, input: Buffer.alloc(bytes, unit) }));
    }
    return counts.slice(1).map((operations, at) => operations / ((counts[at] ?? 0) + 1000));
  }

  for (const { name, seeds } of TARGETS) {
    it(`is enough for any input: ${name}`, async function () {
      this.timeout(60_000);
      const property = fc.asyncProperty(unitsOf(seeds()), async (unit) => {
        // A shorter input may be refused early, and one twice as long be read as a whole: but once.
        expect(Math.min(...(await growthOf(name, unit)))).to.be.lessThan(GROWTH_MAX);
      });
      await fc.assert(property, { numRuns: 25 });
    });
  }

  it('is what a quadratic function exceeds', async () => {
    const growth = await growthOf('quadratic', Buffer.from('x'));
    expect(Math.min(...growth)).to.be.greaterThan(GROWTH_MAX);
  });
});
