import { expect } from 'chai';
import { createSampleReport } from '../../testing/sample-report.ts';
import { describeJudgement } from './describe-judgement.ts';

describe('What expectations say of a test', () => {
  const [entry] = createSampleReport().expectations;
  if (entry === undefined) throw new Error('Expected the sample to have expectations');
  const { line, signatures = [] } = entry;
  const expected = `agent-panic ${signatures.join('')}`;
  const said = (judgement?: Parameters<typeof describeJudgement>[0]['judgement']) =>
    describeJudgement(
      { verdict: 'hang', ...(judgement === undefined ? {} : { judgement }) },
      entry,
      'expectations.yaml',
    );

  it('is nothing about a plain one', () => {
    expect(said()).to.equal(undefined);
  });

  it('names the line, and what it expects', () => {
    expect(said({ status: 'as-expected', line })).to.equal(
      `Known: expectations.yaml:3 expects ${expected}.`,
    );
    expect(said({ status: 'changed', line })).to.equal(
      `Changed: expectations.yaml:3 expects ${expected}, not this hang.`,
    );
    expect(said({ status: 'unexpected-pass', line })).to.contain('passed, though');
    expect(said({ status: 'expired', line })).to.contain('expired on 2026-08-09');
  });

  it('says when there is none', () => {
    expect(said({ status: 'new' })).to.equal(
      'Not expected: no line of expectations.yaml is about it.',
    );
    expect(said({ status: 'unmeasured' })).to.equal('Nothing was measured.');
  });
});
