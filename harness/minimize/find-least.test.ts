import { expect } from 'chai';
import fc from 'fast-check';
import { findLeast } from './find-least.ts';

async function search(options: { lowest: number; known: number; step: number }, least: number) {
  const asked: number[] = [];
  const less: number[] = [];
  const found = await findLeast({
    ...options,
    isShown: async (number) => {
      asked.push(number);
      return number >= least;
    },
    onLess: (number) => less.push(number),
  });
  return { found, asked, less };
}

describe('findLeast', () => {
  it('finds the lowest multiple of the step that is enough, and asks about none twice', async () => {
    const number = fc.integer({ min: 1, max: 300 });
    await fc.assert(
      fc.asyncProperty(
        number,
        number,
        number,
        fc.integer({ min: 1, max: 16 }),
        async (a, b, least, step) => {
          const [lowest, known] = a < b ? [a, b] : [b, a];
          fc.pre(least <= known);
          const { found, asked, less } = await search({ lowest, known, step }, least);
          const wanted = Math.max(Math.ceil(least / step), Math.ceil(lowest / step)) * step;
          expect(found).to.equal(Math.min(wanted, known));
          expect(new Set(asked).size).to.equal(asked.length);
          expect(asked).to.satisfy((all: number[]) =>
            all.every((one) => one >= lowest && one < known),
          );
          expect(less.at(-1) ?? known).to.equal(found);
        },
      ),
    );
  });

  it('halves first: what is far too little takes long to fail', async () => {
    const { found, asked } = await search({ lowest: 16, known: 256, step: 8 }, 90);
    expect(found).to.equal(96);
    expect(asked).to.deep.equal([128, 64, 96, 80, 88]);
  });

  it('asks nothing where nothing is less', async () => {
    expect(await search({ lowest: 1, known: 1, step: 1 }, 1)).to.include({ found: 1 });
  });
});
