import { expect } from 'chai';
import { decideVerdict } from './decide.ts';
import { makeFinding } from './finding.ts';
import { decidingFinding, findingsBeside, reasonOf } from './reason.ts';

const place = { source: 'console', start: 1, end: 2, excerpt: '' } as const;
const oomKill = makeFinding({
  ...place,
  class: 'oom-kill',
  title: 'OOM kill of workload in a memory cgroup',
});
const oops = makeFinding({ ...place, class: 'kernel-oops', title: 'WARNING in charge' });
const initGaveUp = makeFinding({
  ...place,
  class: 'boot-failure',
  title: 'init gave up: no port',
  source: 'init',
});

const refused = { message: 'ReadStdout was refused: INTERNAL: Invalid exec id' };

describe('the reason of a verdict', () => {
  it('is the assertion’s message, and no note that stands beside it', () => {
    const failed = decideVerdict({
      kind: 'observed',
      claim: 'fail',
      detail: refused,
      findings: [oomKill],
    });
    expect(failed.verdict).to.equal('fail');
    expect(reasonOf(failed)).to.equal(refused.message);
    expect(decidingFinding(failed)).to.equal(undefined);
    expect(findingsBeside(failed)).to.deep.equal([oomKill]);
  });

  it('is the finding where one decided, whatever was asserted', () => {
    const crashed = decideVerdict({
      kind: 'observed',
      claim: 'fail',
      detail: refused,
      findings: [oomKill, oops],
    });
    expect(reasonOf(crashed)).to.equal(oops.title);
    expect(decidingFinding(crashed)).to.equal(oops);
    expect(findingsBeside(crashed)).to.deep.equal([oomKill]);
  });

  it('is init’s last word where that made a miss of a test', () => {
    const missed = decideVerdict({ kind: 'observed', claim: 'pass', findings: [initGaveUp] });
    expect(missed.verdict).to.equal('miss');
    expect(reasonOf(missed)).to.equal(initGaveUp.title);
  });

  it('is empty for a pass, also where the kernel killed what it should', () => {
    const passed = decideVerdict({ kind: 'observed', claim: 'pass', findings: [oomKill] });
    expect(reasonOf(passed)).to.equal('');
  });
});
