import { expect } from 'chai';
import fc from 'fast-check';
import type { Verdict } from '../../verdict/verdict.ts';
import { isGood, VERDICTS } from '../../verdict/verdict.ts';
import { createAttempts } from './attempts.ts';

const TEST = { file: 'pids/limit.spec.ts', title: 'pids limit › holds' };
const OTHER = { file: 'pids/limit.spec.ts', title: 'pids limit › is refused' };

const create = (retries: number, missRetries: number) =>
  createAttempts({ retries, missRetries, isAsExpected: (_test, { verdict }) => isGood(verdict) });

const resultOf = (verdict: Verdict) => ({ verdict, findings: [] });

/** Tries a test for as long as it is to be retried; each try ends with the next verdict. */
function tryAll(verdicts: readonly Verdict[], retries: number, missRetries: number): number {
  const attempts = create(retries, missRetries);
  let tries = 0;
  for (const verdict of verdicts) {
    tries = attempts.add(TEST, resultOf(verdict));
    if (attempts.toRetry.length === 0) break;
  }
  return tries;
}

describe('attempts', () => {
  it('retry nothing by default', () => {
    for (const verdict of VERDICTS) expect(tryAll([verdict, 'pass'], 0, 0)).to.equal(1);
  });

  it('end with the first result that is as expected', () => {
    expect(tryAll(['fail', 'hang', 'pass', 'fail'], 5, 0)).to.equal(3);
  });

  it('end when the retries are used up', () => {
    expect(tryAll(['fail', 'fail', 'fail', 'pass'], 2, 0)).to.equal(3);
  });

  it('count missed tries separately', () => {
    expect(tryAll(['miss', 'fail', 'miss', 'pass'], 1, 2)).to.equal(4);
    expect(tryAll(['miss', 'pass'], 5, 0)).to.equal(1);
    expect(tryAll(['miss', 'miss', 'miss', 'pass'], 0, 2)).to.equal(3);
  });

  it('repeat by themselves what the emulator spoilt, and count that separately', () => {
    const spoilt = { ...resultOf('miss'), detail: { missKind: 'emulator' } } as const;
    const attempts = create(0, 0);
    for (const isAgain of [true, true, false]) {
      attempts.add(TEST, spoilt);
      expect(attempts.toRetry.length === 1).to.equal(isAgain);
    }
    const once = create(1, 0);
    expect(once.add(TEST, spoilt)).to.equal(1);
    expect(once.add(TEST, resultOf('fail'))).to.equal(2);
    expect(once.toRetry).to.deep.equal([TEST]);
    expect(once.add(TEST, resultOf('pass'))).to.equal(3);
    expect(once.toRetry).to.deep.equal([]);
  });

  it('are counted for each test by itself', () => {
    const attempts = create(1, 0);
    expect(attempts.add(TEST, resultOf('fail'))).to.equal(1);
    expect(attempts.add(OTHER, resultOf('fail'))).to.equal(1);
    expect(attempts.add(TEST, resultOf('fail'))).to.equal(2);
    expect(attempts.toRetry).to.deep.equal([OTHER]);
  });

  it('never exceed the first try and both kinds of retries, whatever the verdicts', () => {
    const some = fc.integer({ min: 0, max: 4 });
    const verdicts = fc.array(fc.constantFrom(...VERDICTS), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(verdicts, some, some, (ends, retries, missRetries) => {
        expect(tryAll(ends, retries, missRetries)).to.be.at.most(1 + retries + missRetries);
      }),
    );
  });
});
