import { expect } from 'chai';
import type { RunEvent } from '../events.ts';
import type { Expectation } from '../expectations/expectation.ts';
import type { Finding } from '../verdict/finding.ts';
import { createReportFold } from './fold-report.ts';
import { outcomeOf } from './outcome.ts';
import type { RunReport } from './schema.ts';
import { LOOSE, OTHER_PANIC, PANIC } from './testing/sample-ends.ts';
import { createSampleRun, SAMPLE_CELLS } from './testing/sample-run.ts';

const EVENTS = createSampleRun();
const KNOWN: Expectation = {
  line: 2,
  where: { kernel: ['>=6.12'], agent: ['unguarded'] },
  tests: ['lifecycle/**', 'cpuset/**'],
  outcome: 'agent-panic',
  signatures: [PANIC.signature],
  reason: 'known',
  expires: '2026-12-31',
};
/** Cells in which this panic, and nothing else but a miss, goes wrong. */
const PANIC_CELLS = [SAMPLE_CELLS[5]?.id, SAMPLE_CELLS[7]?.id];

type RunBegin = Extract<RunEvent, { type: 'run-begin' }>;

/** The sample run with expectations, reduced to some of its cells. */
function reportOf(
  expectations: readonly Expectation[],
  isKept: (cell: string) => boolean = () => true,
  change: Partial<RunBegin> = {},
  isWanted: (event: RunEvent) => boolean = () => true,
): RunReport {
  const fold = createReportFold();
  for (const event of EVENTS) {
    if (event.type === 'run-begin') {
      const cells = event.cells.filter(({ id }) => isKept(id));
      fold.push({ ...event, cells, expectations, ...change });
    } else if (isWanted(event)) fold.push(event);
  }
  return fold.report();
}

const isPanicCell = (cell: string): boolean => cell === PANIC_CELLS[1];
const isNoMiss = (event: RunEvent): boolean =>
  event.type !== 'test-end' || event.verdict !== 'miss';
/** The events as if each miss had passed. */
const withoutMiss = (expectations: readonly Expectation[], change: Partial<RunBegin> = {}) => {
  const fold = createReportFold();
  for (const event of EVENTS) {
    if (event.type === 'run-begin') {
      const cells = event.cells.filter(({ id }) => isPanicCell(id));
      fold.push({ ...event, cells, expectations, ...change });
    } else if (event.type === 'test-end' && event.verdict === 'miss') {
      fold.push({ ...event, verdict: 'pass' });
    } else fold.push(event);
  }
  return fold.report();
};

const ONE_TEST: Expectation = { ...KNOWN, tests: ['lifecycle/**'] };

describe('expectations in a report', () => {
  it('make a run good in which only what is known went wrong', () => {
    const report = withoutMiss([ONE_TEST]);
    expect(report.expectations).to.deep.include({ ...ONE_TEST, status: 'met', matched: 1 });
    expect(report.crashes[0]?.hits.every(({ isExpected }) => isExpected)).to.equal(true);
    expect(outcomeOf(report)).to.equal('good');
    expect(outcomeOf(withoutMiss([]))).to.equal('bad');
  });

  it('know a crash of theirs that comes once more outside of all tests', () => {
    const late = { ...PANIC, start: 9000, end: 9100 };
    const time = '2026-08-01T10:09:00.000Z';
    const cell = PANIC_CELLS[1] ?? '';
    const reportWith = (finding: Finding) => {
      const fold = createReportFold();
      for (const event of EVENTS) {
        if (event.type === 'run-begin') {
          const cells = event.cells.filter(({ id }) => id === cell);
          fold.push({ ...event, cells, expectations: [ONE_TEST] });
        } else if (event.type === 'test-end' && event.verdict === 'miss') {
          fold.push({ ...event, verdict: 'pass' });
        } else fold.push(event);
      }
      fold.push({ type: 'finding', time, cell, guest: 2, finding });
      return fold.report();
    };
    expect(outcomeOf(reportWith(late))).to.equal('good');
    expect(outcomeOf(reportWith(LOOSE))).to.equal('bad');
  });

  it('make a run bad in which another crash came in the test of a known one', () => {
    const reportWith = (...signatures: readonly string[]) => {
      const fold = createReportFold();
      for (const event of EVENTS) {
        if (event.type === 'run-begin') {
          const cells = event.cells.filter(({ id }) => isPanicCell(id));
          fold.push({ ...event, cells, expectations: [{ ...ONE_TEST, signatures }] });
        } else if (event.type !== 'test-end') fold.push(event);
        else if (event.verdict === 'miss') fold.push({ ...event, verdict: 'pass' });
        else if (event.verdict !== 'agent-panic') fold.push(event);
        else fold.push({ ...event, findings: [...event.findings, OTHER_PANIC] });
      }
      return fold.report();
    };
    const report = reportWith(PANIC.signature);
    expect(outcomeOf(report)).to.equal('bad');
    const isExpected = (signature: string) =>
      report.crashes
        .find((crash) => crash.signature === signature)
        ?.hits.map((hit) => hit.isExpected);
    expect(isExpected(PANIC.signature)).to.deep.equal([true]);
    expect(isExpected(OTHER_PANIC.signature)).to.deep.equal([undefined]);
    expect(outcomeOf(reportWith(PANIC.signature, OTHER_PANIC.signature))).to.equal('good');
  });

  it('leave a run bad that has something new beside what is known', () => {
    expect(outcomeOf(reportOf([KNOWN]))).to.equal('bad');
  });

  it('are not met by a miss, and do not refute it', () => {
    const report = reportOf([KNOWN], isPanicCell);
    expect(report.expectations[0]?.status).to.equal('not-met');
    const statuses = report.cells[0]?.tests.map(({ judgement }) => judgement?.status);
    expect(statuses).to.include('unmeasured').and.not.to.include('unexpected-pass');
    expect(outcomeOf(report)).to.equal('bad');
  });

  it('make a pass bad that nobody expected', () => {
    const report = withoutMiss([{ ...KNOWN, tests: ['**'] }]);
    const statuses = report.cells[0]?.tests.map(({ judgement }) => judgement?.status);
    expect(statuses).to.include('unexpected-pass').and.to.include('as-expected');
    expect(outcomeOf(report)).to.equal('bad');
  });

  it('of another signature make the failure a changed one', () => {
    const report = withoutMiss([{ ...ONE_TEST, signatures: ['s2-000000000000'] }]);
    expect(report.expectations[0]?.status).to.equal('not-met');
    expect(outcomeOf(report)).to.equal('bad');
  });

  it('that have expired make the run bad', () => {
    const report = withoutMiss([{ ...ONE_TEST, expires: '2026-07-31' }]);
    expect(report.expectations[0]?.status).to.equal('expired');
    expect(outcomeOf(report)).to.equal('bad');
  });

  describe('that match nothing', () => {
    const stale: Expectation = { ...ONE_TEST, line: 9, tests: ['no/such.spec.ts'] };
    const elsewhere: Expectation = { ...stale, where: { config: ['other'] } };
    const statusOf = (report: RunReport) => report.expectations.at(-1)?.status;

    it('are stale if their cells were looked at whole', () => {
      const report = withoutMiss([ONE_TEST, stale]);
      expect(statusOf(report)).to.equal('stale');
      expect(outcomeOf(report)).to.equal('bad');
    });

    it('are not stale in a run of which only a part was asked for', () => {
      const report = withoutMiss([ONE_TEST, stale], { isFiltered: true });
      expect(statusOf(report)).to.equal('not-looked-at');
      expect(outcomeOf(report)).to.equal('good');
    });

    it('are not stale where something could not be measured', () => {
      expect(statusOf(reportOf([stale], isPanicCell))).to.equal('not-looked-at');
      expect(statusOf(reportOf([stale], isPanicCell, {}, isNoMiss))).to.equal('not-looked-at');
    });

    it('about cells that this run has not are stale only if it is the whole matrix', () => {
      expect(statusOf(withoutMiss([ONE_TEST, elsewhere]))).to.equal('not-looked-at');
      const whole = withoutMiss([ONE_TEST, elsewhere], { isWholeMatrix: true });
      expect(statusOf(whole)).to.equal('stale');
    });
  });
});
