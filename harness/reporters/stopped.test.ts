import { expect } from 'chai';
import type { RunBounds, RunEvent, StopReason } from '../events.ts';
import { headlineOf } from '../report/headline.ts';
import { outcomeOf } from '../report/outcome.ts';
import type { RunReport } from '../report/schema.ts';
import { createSampleRun } from '../report/testing/sample-run.ts';
import { isGood } from '../verdict/verdict.ts';
import { describeOutcome } from './summary-outcome.ts';
import { foldEvents } from './testing/runs.ts';

const resume = 'scripts/kmx run --resume reports/20261124-043401-92a3';

describe('a run that its bounds stopped', () => {
  const events = createSampleRun();
  const firstBad = events.findIndex((one) => one.type === 'test-end' && !isGood(one.verdict));

  function stop(length: number, bounds: RunBounds, stopped: StopReason): RunReport {
    const [begin] = events;
    if (begin?.type !== 'run-begin') throw new Error('Expected a run that begins');
    const end: RunEvent = { type: 'run-end', time: begin.time, interrupted: true, stopped };
    return foldEvents([{ ...begin, bounds }, ...events.slice(1, length), end]);
  }

  /** Cells that have not ended, or not even begun. */
  const leftIn = ({ cells }: RunReport): number =>
    cells.filter(({ tests }) => tests.some(({ detail }) => detail?.missKind === 'stopped')).length;

  const sentencesOf = (report: RunReport) => [
    headlineOf(report),
    describeOutcome(report, outcomeOf(report), resume),
  ];

  it('is incomplete if its time budget ended and all that ran is as expected', () => {
    const report = stop(firstBad, { timeBudgetMs: 7_200_000 }, 'time-budget');
    const stop2h = `the time budget of 2 h left no time for ${leftIn(report)} cells`;
    const [headline, outcome] = sentencesOf(report);
    expect(headline).to.match(/^Incomplete: /);
    expect(headline?.endsWith(`without a result: ${stop2h}.`)).to.equal(true);
    expect(outcome).to.equal(
      `Incomplete: ${stop2h}; everything that ran came as expected: exit code 75. To run the rest: ${resume}`,
    );
  });

  it('is red if anything was not as expected, and says how much is left', () => {
    const report = stop(firstBad + 1, { maxFailures: 1 }, 'max-failures');
    const why = `stopped after 1 unexpected result, ${leftIn(report)} cells are left`;
    const [headline, outcome] = sentencesOf(report);
    expect(headline).to.match(/^Red: /);
    expect(headline?.endsWith(`without a result: ${why}.`)).to.equal(true);
    expect(outcome?.startsWith(`Incomplete: ${why}; `)).to.equal(true);
    expect(outcome).to.match(
      /[;,] 1 test not as expected( \(1 new panic\))? in .*: exit code 1\. To run the rest: scripts/,
    );
  });

  it('says how to go on, even if it had no time for anything', () => {
    const [, outcome] = sentencesOf(stop(1, { timeBudgetMs: 1000 }, 'time-budget'));
    expect(outcome).to.match(
      /exit code 69\. The time budget of 1 s left no time for 10 cells\. To run it: scripts/,
    );
  });
});
