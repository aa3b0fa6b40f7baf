import { expect } from 'chai';
import fc from 'fast-check';
import { findVersion, type VersionRange, versionStepsLeft } from './find-version.ts';
import type { Outcome } from './outcome.ts';

/** The row `ggggb`, with `u` for what is unclear. */
async function search(row: string): Promise<VersionRange & { readonly measured: string }> {
  const measured: number[] = [];
  const range = await findVersion(row.length, {
    async measure(position) {
      expect(measured, 'measured twice').not.to.include(position);
      measured.push(position);
      return outcomeAt(row, position);
    },
  });
  return { ...range, measured: measured.join(' ') };
}

function outcomeAt(row: string, position: number): Outcome {
  const letter = row[position];
  if (letter === 'u') return 'unclear';
  return letter === 'b' ? 'bad' : 'good';
}

describe('the first version that fails', () => {
  it('is found by halving', async () => {
    expect(await search('ggggggbbb')).to.deep.equal({
      ...{ good: 5, bad: 6, unclear: [] },
      measured: '4 6 5',
    });
  });

  it('is found without a measurement if there is nothing in between', async () => {
    expect(await search('gb')).to.deep.equal({ good: 0, bad: 1, unclear: [], measured: '' });
  });

  it('is found around what is unclear, whose neighbours are tried', async () => {
    expect(await search('ggggubbbb')).to.deep.equal({
      ...{ good: 3, bad: 5, unclear: [4] },
      measured: '4 3 5',
    });
  });

  it('is not named if what could be it is unclear', async () => {
    const { measured: _, ...range } = await search('guuuuub');
    expect(range).to.deep.equal({ good: 0, bad: 6, unclear: [1, 2, 3, 4, 5] });
  });

  it('is searched on from what was known before', async () => {
    const measured: number[] = [];
    const known = new Map<number, Outcome>([
      [4, 'good'],
      [6, 'unclear'],
    ]);
    const range = await findVersion(9, {
      known,
      async measure(position) {
        measured.push(position);
        return 'bad';
      },
    });
    expect(measured).to.deep.equal([5]);
    expect(range).to.deep.equal({ good: 4, bad: 5, unclear: [] });
  });

  const letters = fc.array(fc.constantFrom('g', 'b', 'u'), { maxLength: 60 });

  it('is next to what is good, but for what is unclear, in any row', async () => {
    await fc.assert(
      fc.asyncProperty(letters, async (inner) => {
        const row = `g${inner.join('')}b`;
        const { good, bad, unclear } = await search(row);
        expect(row[good]).to.equal('g');
        expect(row[bad]).to.equal('b');
        const between = Array.from({ length: bad - good - 1 }, (_, index) => good + 1 + index);
        expect(unclear).to.deep.equal(between);
        for (const position of between) expect(row[position]).to.equal('u');
      }),
    );
  });

  it('is found in as many steps as were announced if no kernel is unclear', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(200), fc.nat(200), async (goods, bads) => {
        const row = `g${'g'.repeat(goods)}${'b'.repeat(bads)}b`;
        const { good, measured } = await search(row);
        expect(good).to.equal(goods);
        const announced = versionStepsLeft({ good: 0, bad: row.length - 1, unclear: [] });
        expect(measured.split(' ').filter(Boolean).length).to.be.at.most(announced);
      }),
    );
  });
});
