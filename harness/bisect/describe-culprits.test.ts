import { expect } from 'chai';
import { describeCulprits, describeEffort, symbolStepsLeft } from './describe-culprits.ts';
import type { SmallestSet } from './smallest-set.ts';

const CHANGES = new Map(
  ['CPUSETS', 'CPUSETS_V1', 'MEMCG_V1'].map((symbol) => [symbol, { symbol, from: 'y', to: 'n' }]),
);

function setOf(culprits: readonly string[], others: readonly string[] = []): SmallestSet {
  return {
    ...{ changes: new Set([...culprits, ...others]), key: 'sha256:00', blocks: [] },
    removals: culprits.map((one) => ({ without: [one], answer: 'no', key: 'sha256:11' })),
  };
}

function linesOf(...sets: readonly SmallestSet[]): readonly string[] {
  const rest = { key: 'sha256:22', changes: new Set<string>(), answer: 'no' } as const;
  return describeCulprits({ sets, rest }, CHANGES);
}

describe('describeCulprits', () => {
  it('names one symbol, and what Kconfig requires for it', () => {
    expect(linesOf(setOf(['CPUSETS_V1'], ['CPUSETS']))).to.deep.equal([
      'one symbol turns the verdict:',
      '  CONFIG_CPUSETS_V1: y → n',
      '  with what Kconfig requires for that:',
      '    CONFIG_CPUSETS: y → n',
    ]);
  });

  it('tells two that are needed together from two that are enough each', () => {
    expect(linesOf(setOf(['CPUSETS_V1', 'MEMCG_V1']))[0]).to.equal(
      '2 symbols turn the verdict, and only together:',
    );
    expect(linesOf(setOf(['CPUSETS_V1']), setOf(['MEMCG_V1']))).to.deep.equal([
      '2 sets of symbols turn the verdict, and each is enough:',
      '  1. one symbol turns the verdict:',
      '    CONFIG_CPUSETS_V1: y → n',
      '  2. one symbol turns the verdict:',
      '    CONFIG_MEMCG_V1: y → n',
    ]);
  });

  it('compares the effort with the theory', () => {
    expect(describeEffort(2, 412)).to.equal(
      '2 kernels measured besides the two ends; log2 of 412 symbols is 8.7',
    );
    expect([1, 2, 64].map(symbolStepsLeft)).to.deep.equal([1, 2, 7]);
  });
});
