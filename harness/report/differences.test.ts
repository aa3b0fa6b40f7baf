import { expect } from 'chai';
import { compareRuns } from './differences.ts';
import { createReportFold } from './fold-report.ts';
import type { RunReport, TestReport } from './schema.ts';
import { createSampleRun } from './testing/sample-run.ts';

function sample(): RunReport {
  const fold = createReportFold();
  for (const event of createSampleRun()) fold.push(event);
  return structuredClone(fold.report());
}

/** The first test of the run with that verdict, to be changed. */
function testWith(run: RunReport, verdict: string): TestReport {
  const test = run.cells.flatMap(({ tests }) => tests).find((it) => it.verdict === verdict);
  if (test === undefined) throw new Error(`Expected the sample run to have a ${verdict}`);
  return test;
}

describe('the difference of two runs', () => {
  it('is none between a run and itself, and what was not measured is told apart', () => {
    const run = sample();
    const all = run.cells.flatMap(({ tests }) => tests);
    const missed = all.filter(({ verdict }) => verdict === 'miss').length;
    const { differences, unmeasured, compared } = compareRuns(run, sample());
    expect(differences).to.deep.equal([]);
    expect(missed).to.be.above(0);
    expect([unmeasured.length, compared]).to.deep.equal([missed, all.length - missed]);
  });

  it('is a test with another verdict', () => {
    const other = sample();
    testWith(other, 'pass').verdict = 'hang';
    const [difference, ...more] = compareRuns(sample(), other).differences;
    expect(more).to.deep.equal([]);
    expect(difference?.one?.verdict).to.equal('pass');
    expect(difference?.other?.verdict).to.equal('hang');
  });

  it('is a panic at another place', () => {
    const other = sample();
    testWith(other, 'agent-panic').signature = 's2-000000000000';
    expect(compareRuns(sample(), other).differences).to.have.length(1);
  });

  it('is a test that only one of them has', () => {
    const other = sample();
    other.cells[0]?.tests.pop();
    expect(compareRuns(sample(), other).differences[0]?.other).to.equal(undefined);
    expect(compareRuns(other, sample()).differences[0]?.one).to.equal(undefined);
  });
});
