import { expect } from 'chai';
import { VERDICTS } from '../verdict/verdict.ts';
import { type ShownTest, tellOutcome } from './tell-outcome.ts';

const PASS: ShownTest = { title: 'boots', verdict: 'pass' };
const PANIC: ShownTest = { title: 'a test', verdict: 'agent-panic', signature: 's2-1' };
const OTHER: ShownTest = { title: 'another test', verdict: 'fail', signature: 's2-2' };

describe('the outcome of a run', () => {
  it('is good if all tests pass', () => {
    expect(tellOutcome([PASS, { title: 'a test', verdict: 'pass' }])).to.deep.equal({
      outcome: 'good',
      verdict: 'pass',
      why: 'all 2 tests pass',
    });
  });

  it('is bad if a test fails with the wanted signature, whatever else fails', () => {
    const wanted = { kind: 'signature', signature: 's2-2' } as const;
    const told = tellOutcome([PASS, PANIC, OTHER], wanted);
    expect(told).to.include({ outcome: 'bad', verdict: 'fail', signature: 's2-2' });
  });

  it('is bad for the worst failure if nothing is wanted yet', () => {
    expect(tellOutcome([OTHER, PANIC])).to.include({ outcome: 'bad', signature: 's2-1' });
  });

  it('is unclear if a test fails in another way', () => {
    const told = tellOutcome([PASS, OTHER], { kind: 'signature', signature: 's2-1' });
    expect(told).to.deep.equal({
      outcome: 'unclear',
      verdict: 'fail',
      signature: 's2-2',
      why: 'another failure: fail s2-2: another test',
    });
  });

  it('is unclear if nothing was measured, and says why', () => {
    const missed: ShownTest = { title: 'a test', verdict: 'miss', message: 'no\nQEMU' };
    expect(tellOutcome([PASS, missed])).to.deep.equal({
      outcome: 'unclear',
      verdict: 'miss',
      why: 'miss: no QEMU',
    });
    const skipped: ShownTest = { title: 'a test', verdict: 'skip', message: 'needs v1/cpuset' };
    expect(tellOutcome([skipped]).why).to.equal('skip: needs v1/cpuset');
    expect(tellOutcome([])).to.deep.equal({ outcome: 'unclear', why: 'no test ran' });
  });

  it('is bad for every failure of a guest if any is wanted, and for no other verdict', () => {
    const bad = VERDICTS.filter(
      (verdict) => tellOutcome([{ title: '', verdict }], { kind: 'any' }).outcome === 'bad',
    );
    expect(bad).to.deep.equal([
      'kernel-panic',
      'kernel-oops',
      'agent-panic',
      'boot-failure',
      'hang',
      'fail',
    ]);
  });
});
