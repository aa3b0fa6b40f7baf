import { expect } from 'chai';
import fc from 'fast-check';
import { BOOTS } from '../events.ts';
import { testCell } from '../matrix/testing/test-cell.ts';
import type { Finding } from '../verdict/finding.ts';
import { isGood, VERDICTS } from '../verdict/verdict.ts';
import type { Expectation } from './expectation.ts';
import { type JudgedTest, judge } from './judge.ts';

const PANIC: Expectation = {
  line: 3,
  where: { kernel: ['>=6.12'], cgroup: ['v1'], agent: ['unguarded'] },
  tests: ['cpuset/**'],
  outcome: 'agent-panic',
  signatures: ['s2-a'],
  reason: 'known',
  expires: '2026-12-31',
};
const HIT: JudgedTest = {
  cell: testCell({ kernel: 'debian-6.12', cgroup: 'v1', agent: 'unguarded' }),
  release: '6.12.117',
  test: { file: 'cpuset/pinning.spec.ts', title: 'pins' },
  verdict: 'agent-panic',
  signature: 's2-a',
  findings: [],
};
const judgeOne = (
  change: Partial<JudgedTest>,
  expectations: readonly Expectation[] = [PANIC],
  today = '2026-11-24T10:00:00.000Z',
) => judge({ ...HIT, ...change }, { expectations, today });

function crashOf(change: Partial<Finding>): Finding {
  const at = { source: 'agent-stderr', start: 0, end: 1, excerpt: '' } as const;
  return {
    class: 'agent-panic',
    title: 'known at src/a.rs:1',
    signature: 's2-x',
    ...at,
    ...change,
  };
}

describe('a test that is judged by expectations', () => {
  it('is as expected with the outcome and the signature that are known', () => {
    expect(judgeOne({})).to.deep.equal({ status: 'as-expected', line: 3 });
  });

  it('has changed with another signature, another outcome, or skipped', () => {
    for (const change of [
      { signature: 's2-b' },
      { signature: undefined },
      { verdict: 'hang' },
      { verdict: 'skip', signature: undefined },
    ] as const) {
      expect(judgeOne(change), JSON.stringify(change)).to.include({ status: 'changed' });
    }
  });

  it('is about nothing if the host cannot run its cell as it is meant', () => {
    const everything: Expectation = { ...PANIC, tests: ['**', 'boots'] };
    const skipped = { test: BOOTS, verdict: 'skip', signature: undefined } as const;
    expect(judgeOne(skipped, [everything])).to.deep.equal({ status: 'as-expected' });
    expect(judgeOne({ ...skipped, test: HIT.test }, [everything])).to.include({
      status: 'changed',
    });
  });

  it('is known on the machine that the expectation names, and on no other', () => {
    const here: Expectation = { ...PANIC, where: { ...PANIC.where, machine: ['qemu-10'] } };
    expect(judgeOne({}, [here])).to.deep.equal({ status: 'new' });
    const cell = { ...HIT.cell, machine: 'qemu-10' };
    expect(judgeOne({ cell }, [here])).to.deep.equal({ status: 'as-expected', line: 3 });
  });

  it('has changed if another crash came after the known one', () => {
    const known = crashOf({ signature: 's2-a' });
    const other = crashOf({ signature: 's2-b', title: 'another at src/b.rs:1' });
    const oops = crashOf({ signature: 's2-c', class: 'kernel-oops', title: 'WARNING in f' });
    const findings = [known, other, oops];
    expect(judgeOne({ findings })).to.deep.equal({
      ...{ status: 'changed', line: 3, unlisted: ['s2-b', 's2-c'] },
    });
    const all = { ...PANIC, signatures: ['s2-c', 's2-a', 's2-b'] };
    expect(judgeOne({ findings }, [all])).to.deep.equal({ status: 'as-expected', line: 3 });
  });

  it('is as expected where all that came beside the known crash followed from it, or is a note', () => {
    const findings = [
      crashOf({ signature: 's2-a' }),
      crashOf({
        ...{ signature: 's2-p', class: 'kernel-panic' },
        title: 'Kernel panic: Attempted to kill init! (exit status 101)',
      }),
      crashOf({ signature: 's2-o', class: 'oom-kill', title: 'OOM kill of workload' }),
    ] as const;
    expect(judgeOne({ findings })).to.deep.equal({ status: 'as-expected', line: 3 });
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
    expect(judgeOne({ verdict: 'fail', signature: 's2-z' }, [loose]).status).to.equal(
      'as-expected',
    );
  });

  it('is never as expected when it is bad and nothing says so, nor when it is a miss', () => {
    fc.assert(
      fc.property(fc.constantFrom(...VERDICTS), fc.boolean(), (verdict, isKnown) => {
        const { status } = judgeOne({ verdict, signature: 's2-q' }, isKnown ? [PANIC] : []);
        if (status === 'as-expected') expect(isGood(verdict) && !isKnown).to.equal(true);
      }),
    );
  });
});
