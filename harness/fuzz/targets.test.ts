import { expect } from 'chai';
import type { FuzzTarget } from './fuzz-target.ts';
import { runTarget } from './run-target.ts';
import { TARGETS } from './targets.ts';

describe('fuzz targets', () => {
  for (const target of TARGETS) {
    it(`handle their own seeds: ${target.name}`, async () => {
      const seeds = target.seeds();
      expect(seeds).to.have.length.greaterThan(0);
      for (const seed of seeds) await target.run(seed);
    });

    it(`handle mutated inputs: ${target.name}`, async function () {
      this.timeout(60_000);
      const { failure, seed } = await runTarget(target, { inputs: 100 });
      if (failure === undefined) return;
      const input = Buffer.from(failure.input).toString('base64').slice(0, 2000);
      throw new Error(`with seed ${seed}, input ${input}`, { cause: failure.error });
    });
  }

  it('report the smallest input that they handle wrongly', async () => {
    const noSpaces: FuzzTarget = {
      name: 'no spaces',
      seeds: () => [Buffer.from('a'.repeat(100))],
      run(input) {
        if (input.includes(SPACE)) throw new Error('found a space');
      },
    };
    const { failure } = await runTarget(noSpaces, { inputs: 100_000, seed: 1 });
    expect(failure?.error).to.include({ message: 'found a space' });
    expect(failure?.input.filter((byte) => byte === SPACE)).to.have.length(1);
  });
});

const SPACE = 0x20;
