import { expect } from 'chai';
import fc from 'fast-check';
import { omitUndefined } from '../omit-undefined.ts';
import { VERDICTS } from '../verdict/verdict.ts';
import { addAttempt, countRepeatedMisses } from './attempts.ts';
import type { AttemptReport, TestReport } from './schema.ts';

const attempt = (verdict: AttemptReport['verdict'], signature?: string): AttemptReport => ({
  verdict,
  durationMs: 1,
  findings: [],
  ...omitUndefined({ signature }),
});

const crash = (signature: string): AttemptReport['findings'][number] => ({
  class: 'agent-panic',
  title: signature,
  signature,
  source: 'agent-stderr',
  start: 0,
  end: 1,
  excerpt: signature,
});

function testOf([first, ...rest]: readonly AttemptReport[]): TestReport {
  const test = { file: 'x.spec.ts', title: 'x', ...(first ?? attempt('miss')) };
  return rest.reduce(addAttempt, test);
}

describe('attempts of a test in a report', () => {
  it('leave the first verdict standing, whatever the next tries come to', () => {
    const test = testOf([attempt('fail'), attempt('pass'), attempt('pass')]);
    expect(test).to.include({ verdict: 'fail', isFlaky: true });
    expect(test.attempts?.map(({ verdict }) => verdict)).to.deep.equal(['fail', 'pass', 'pass']);
  });

  it('that all come to the same end are not flaky', () => {
    const test = testOf([attempt('agent-panic', 's2-a'), attempt('agent-panic', 's2-a')]);
    expect(test).to.have.property('attempts').with.length(2);
    expect(test).not.to.have.property('isFlaky');
  });

  it('that end in two different crashes are flaky', () => {
    const test = testOf([attempt('agent-panic', 's2-a'), attempt('agent-panic', 's2-b')]);
    expect(test).to.include({ signature: 's2-a', isFlaky: true });
  });

  it('that differ in a crash beside the one that decided are flaky, in its order alone they are not', () => {
    const [known, other] = [crash('s2-a'), crash('s2-b')];
    const ending = (...findings: AttemptReport['findings']): AttemptReport => ({
      ...attempt('agent-panic', 's2-a'),
      findings,
    });
    expect(testOf([ending(known), ending(known, other)])).to.include({ isFlaky: true });
    expect(testOf([ending(known, other), ending(other, known)])).not.to.have.property('isFlaky');
  });

  it('of which a guest kept one from being measured are flaky, though the next one passes', () => {
    for (const [missKind, isFlaky] of [
      ['channel', true],
      ['output', true],
      ['host', undefined],
      ['machine', undefined],
    ] as const) {
      const test = testOf([{ ...attempt('miss'), detail: { missKind } }, attempt('pass')]);
      expect(test.verdict).to.equal('pass');
      expect(test.isFlaky, missKind).to.equal(isFlaky);
    }
  });

  it('that were not measured are counted, and the first that was stands', () => {
    const test = testOf([attempt('miss'), attempt('miss'), attempt('pass')]);
    expect(test).to.include({ verdict: 'pass' }).and.not.to.have.property('isFlaky');
    expect(countRepeatedMisses(test)).to.equal(2);
  });

  it('never turn a test better than its first measured try', () => {
    const tries = fc.array(fc.constantFrom(...VERDICTS), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(tries, (verdicts) => {
        const first = verdicts.find((verdict) => verdict !== 'miss') ?? 'miss';
        expect(testOf(verdicts.map((verdict) => attempt(verdict))).verdict).to.equal(first);
      }),
    );
  });
});
