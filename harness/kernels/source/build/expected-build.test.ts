import { expect } from 'chai';
import type { PastBuild } from './built-kernel.ts';
import { expectedSeconds } from './expected-build.ts';

const facts = (
  seconds: number,
  { tree = 'one', isIncremental = false, symbols = 500 } = {},
): PastBuild => ({
  ...{ tree, seconds, isIncremental, symbols, objects: 900, jobs: 2 },
});
const fromScratch = (tree?: string) => ({
  hasObjects: false,
  ...(tree === undefined ? {} : { tree }),
});

describe('The time that a build is expected to take', () => {
  it('is the median of those of the same tree', () => {
    const known = [facts(300), facts(200), facts(900), facts(1, { tree: 'other' })];
    expect(expectedSeconds(known, fromScratch('one'))).to.equal(300);
  });

  it('is that of builds with objects of earlier ones where there are some', () => {
    const known = [facts(300), facts(60, { isIncremental: true })];
    expect(expectedSeconds(known, { tree: 'one', hasObjects: true })).to.equal(60);
  });

  it('is that of other trees where this one is new', () => {
    expect(expectedSeconds([facts(300)], fromScratch('new'))).to.equal(300);
    expect(expectedSeconds([facts(300)], fromScratch())).to.equal(300);
  });

  it('is that of builds of its size, or in proportion to its size where there are none', () => {
    const known = [facts(300), facts(60, { isIncremental: true }), facts(330, { tree: 'other' })];
    const of = (symbols: number) =>
      expectedSeconds(known, { tree: 'one', hasObjects: true, symbols });
    expect(of(600)).to.equal(60);
    expect(of(2000)).to.equal(1200);
    expect(expectedSeconds([], { hasObjects: true, symbols: 2000 })).to.equal(undefined);
    const both = [...known, facts(1500, { symbols: 1900 })];
    expect(expectedSeconds(both, { tree: 'one', hasObjects: true, symbols: 2000 })).to.equal(1500);
  });

  it('is not known before the first build', () => {
    expect(expectedSeconds([], fromScratch('one'))).to.equal(undefined);
  });
});
