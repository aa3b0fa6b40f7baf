import { expect } from 'chai';
import type { BuildFacts } from './built-kernel.ts';
import { expectedSeconds } from './expected-build.ts';

const facts = (seconds: number, { tree = 'one', isIncremental = false } = {}): BuildFacts => ({
  ...{ tree, seconds, isIncremental, objects: 900, jobs: 2 },
});

describe('The time that a build is expected to take', () => {
  it('is the median of those of the same tree', () => {
    const known = [facts(300), facts(200), facts(900), facts(1, { tree: 'other' })];
    expect(expectedSeconds(known, 'one', false)).to.equal(300);
  });

  it('is that of builds with objects of earlier ones where there are some', () => {
    const known = [facts(300), facts(60, { isIncremental: true })];
    expect(expectedSeconds(known, 'one', true)).to.equal(60);
  });

  it('is that of other trees where this one is new', () => {
    expect(expectedSeconds([facts(300)], 'new', false)).to.equal(300);
    expect(expectedSeconds([facts(300)], undefined, false)).to.equal(300);
  });

  it('is not known before the first build', () => {
    expect(expectedSeconds([], 'one', false)).to.equal(undefined);
  });
});
