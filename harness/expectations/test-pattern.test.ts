import { expect } from 'chai';
import fc from 'fast-check';
import { BOOTS } from '../events.ts';
import { matchesTest, nameTest } from './test-pattern.ts';

const TEST = { file: 'cpu/quota.spec.ts', title: 'CPU quota › holds a busy container (1*)' };

describe('patterns of tests', () => {
  it('are globs for files', () => {
    for (const pattern of ['cpu/**', '**', 'cpu/quota.spec.ts', 'cpu/*.spec.ts', '*/quota*']) {
      expect(matchesTest(TEST, pattern), pattern).to.equal(true);
    }
    for (const pattern of ['*', 'quota.spec.ts', 'pids/**', 'boots']) {
      expect(matchesTest(TEST, pattern), pattern).to.equal(false);
    }
    expect(matchesTest(BOOTS, 'boots')).to.equal(true);
  });

  it('may have a title behind the file, in which a star stands for any text', () => {
    for (const title of ['CPU quota: *', '*busy container*', 'CPU*(1*)', '*']) {
      expect(matchesTest(TEST, `cpu/quota.spec.ts: ${title}`), title).to.equal(true);
    }
    for (const title of ['CPU quota', 'cpu quota: *', '*busy', 'CPU.quota*']) {
      expect(matchesTest(TEST, `cpu/quota.spec.ts: ${title}`), title).to.equal(false);
    }
  });

  it('with many stars cost no more than linear time', () => {
    const long = { file: `${'a'.repeat(200)}.spec.ts`, title: 'a'.repeat(200) };
    const stars = 'a*a*a*a*a*a*a*a*b';
    expect(matchesTest(long, stars)).to.equal(false);
    expect(matchesTest(long, `**: ${stars}`)).to.equal(false);
  });

  it('that are the name of a test match it, whatever characters its title has', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 3 }), (titles) => {
        const test = { file: 'x/y.spec.ts', title: titles.join(' › ') };
        expect(matchesTest(test, nameTest(test))).to.equal(true);
      }),
    );
  });
});
