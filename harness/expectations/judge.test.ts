import { expect } from 'chai';
import fc from 'fast-check';
import { isGood, VERDICTS } from '../verdict/verdict.ts';
import type { Expectation } from './expectation.ts';
import { type JudgedTest, judge } from './judge.ts';

const PANIC: Expectation = {
  line: 3,
  where: { kernel: ['>=6.12'], cgroup: ['v1'], agent: ['unguarded'] },
  tests: ['cpuset/**'],
  outcome: 'agent-panic',
  signatures: ['s1-a'],
  reason: 'known',
  expires: '2026-12-31',
};
const HIT: JudgedTest = {
  cell: { kernel: 'debian-6.12', config: 'default', cgroup: 'v1', agent: 'unguarded' },
  release: '6.12.117',
  test: { file: 'cpuset/pinning.spec.ts', title: 'pins' },
  verdict: 'agent-panic',
  signature: 's1-a',
};
const judgeOne = (
  change: Partial<JudgedTest>,
  expectations: readonly Expectation[] = [PANIC],
  today = '2026-11-24T10:00:00.000Z',
) => judge({ ...HIT, ...change }, { expectations, today });

describe('a test that is judged by expectations', () => {
  it('is as expected with the outcome and the signature that are known', () => {
    expect(judgeOne({})).to.deep.equal({ status: 'as-expected', line: 3 });
  });

  it('has changed with another signature, another outcome, or skipped', () => {
    for (const change of [
      { signature: 's1-b' },
      { signature: undefined },
      { verdict: 'hang' },
      { verdict: 'skip', signature: undefined },
    ] as const) {
      expect(judgeOne(change), JSON.stringify(change)).to.include({ status: 'changed' });
    }
  });

  it('is an unexpected pass if it passes', () => {
    expect(judgeOne({ verdict: 'pass' }).status).to.equal('unexpected-pass');
  });

  it('is measured by neither if it is a miss', () => {
    expect(judgeOne({ verdict: 'miss' })).to.deep.equal({ status: 'unmeasured', line: 3 });
    expect(judgeOne({ verdict: 'miss' }, [])).to.deep.equal({ status: 'unmeasured' });
  });

  it('is accepted up to and with the last day', () => {
    const on = (day: string) => judgeOne({}, [PANIC], `${day}T23:59:59.999Z`).status;
    expect(on('2026-12-31')).to.equal('as-expected');
    expect(on('2027-01-01')).to.equal('expired');
  });

  it('is new where no expectation is about it', () => {
    for (const change of [
      { release: '6.1.0' },
      { release: undefined },
      { cell: { ...HIT.cell, agent: 'guarded' } },
      { test: { file: 'cpu/quota.spec.ts', title: 'x' } },
    ] as const) {
      expect(judgeOne(change), JSON.stringify(change)).to.deep.equal({ status: 'new' });
    }
  });

  it('is judged by the first expectation about it', () => {
    const hang: Expectation = { ...PANIC, line: 9, outcome: 'hang' };
    expect(judgeOne({}, [hang, PANIC])).to.deep.equal({ status: 'changed', line: 9 });
    expect(judgeOne({}, [PANIC, hang])).to.deep.equal({ status: 'as-expected', line: 3 });
  });

  it('may have any signature where the expectation names none', () => {
    const { signatures: _, ...rest } = PANIC;
    const loose: Expectation = { ...rest, outcome: 'fail' };
    expect(judgeOne({ verdict: 'fail', signature: 's1-z' }, [loose]).status).to.equal(
      'as-expected',
    );
  });

  it('is never as expected when it is bad and nothing says so, nor when it is a miss', () => {
    fc.assert(
      fc.property(fc.constantFrom(...VERDICTS), fc.boolean(), (verdict, isKnown) => {
        const { status } = judgeOne({ verdict, signature: 's1-q' }, isKnown ? [PANIC] : []);
        if (status === 'as-expected') expect(isGood(verdict) && !isKnown).to.equal(true);
      }),
    );
  });
});
