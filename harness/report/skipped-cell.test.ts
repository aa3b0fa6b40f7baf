import { expect } from 'chai';
import type { BaselineFacts } from '../events.ts';
import type { Expectation } from '../expectations/expectation.ts';
import type { Cell } from '../matrix/cell.ts';
import { packResults } from './baseline-pack.ts';
import { createReportFold } from './fold-report.ts';
import { headlineOf } from './headline.ts';
import { outcomeOf } from './outcome.ts';
import { standingTests } from './standing-results.ts';
import {
  createMachinesRun,
  IN_CONTAINERS,
  ON_QEMU,
  SKIP_REASON,
  SKIPPED,
} from './testing/machines-run.ts';

const reportOf = (...run: Parameters<typeof createMachinesRun>) =>
  createReportFold(createMachinesRun(...run)).report();

describe('a cell that the host cannot run', () => {
  it('is no miss, nothing that did not run, and nothing unexpected', () => {
    const report = reportOf({ cells: [ON_QEMU, SKIPPED] });
    expect(report.cells.map(({ verdict, totals }) => ({ verdict, totals }))).to.deep.equal([
      { verdict: 'pass', totals: { pass: 3 } },
      { verdict: 'skip', totals: { skip: 1 } },
    ]);
    expect(outcomeOf(report)).to.equal('good');
    expect(headlineOf(report)).to.equal(
      'Green: everything as expected in 4 tests of 2 cells. Nothing missed; 1 cell skipped.',
    );
  });

  it('leaves a run in which nothing else was measured unmeasured', () => {
    const report = reportOf({ cells: [SKIPPED] });
    expect(outcomeOf(report)).to.equal('unmeasured');
    expect(headlineOf(report)).to.equal('Nothing measured: 1 test of 1 cell, all skipped.');
  });

  it('says nothing about expectations', () => {
    const about = { outcome: 'agent-panic', reason: 'r', expires: '2027-01-01' } as const;
    const expectations: readonly Expectation[] = [
      { ...about, line: 3, where: { kernel: ['host'] } },
      { ...about, line: 9, where: { kernel: ['host'] }, tests: ['boots'] },
    ];
    const begin = { expectations };
    const report = reportOf({ cells: [ON_QEMU, SKIPPED], begin });
    expect(report.expectations.map(({ status }) => status)).to.deep.equal([
      'not-looked-at',
      'not-looked-at',
    ]);
    expect(outcomeOf(report)).to.equal('good');
    const measured = reportOf({ cells: [IN_CONTAINERS], begin });
    expect(measured.expectations.map(({ status }) => status)).to.deep.equal(['not-met', 'stale']);
  });

  it('does not hide that an expectation is about no cell at all', () => {
    const expectation: Expectation = {
      ...{ line: 3, where: { kernel: ['gone'] }, outcome: 'hang' as const, reason: 'r' },
      expires: '2027-01-01',
    };
    const begin = { expectations: [expectation] };
    const { expectations } = reportOf({ cells: [ON_QEMU, SKIPPED], begin });
    expect(expectations[0]?.status).to.equal('stale');
  });

  describe('in one of two runs', () => {
    const cells = [ON_QEMU, IN_CONTAINERS];

    function changesOf(skipped: { before: readonly Cell[]; now: readonly Cell[] }) {
      const { run, startedAt, host, ...before } = reportOf({ cells, skipped: skipped.before });
      const baseline: BaselineFacts = {
        ...{ run, startedAt, host, from: 'reports/x', profile: 'all', matrix: 'matrix.yaml' },
        ...{ isFiltered: false, isInterrupted: false, inputs: {}, kernels: [] },
        ...packResults(before.cells.map((cell) => ({ id: cell.id, tests: standingTests(cell) }))),
      };
      const [begin, ...rest] = createMachinesRun({ cells, skipped: skipped.now });
      if (begin === undefined) throw new Error('Expected a run');
      const { time } = begin;
      const report = createReportFold([
        begin,
        { type: 'baseline', time, baseline },
        ...rest,
      ]).report();
      const changes = report.baseline?.changes.map(({ change, before: was, now, hits }) => ({
        ...{ change, why: (change === 'added' ? was : now)?.why },
        tests: hits.map(({ test }) => test?.title),
      }));
      return {
        changes,
        outcome: outcomeOf(report),
        failing: outcomeOf({ ...report, failOn: 'new' }),
      };
    }

    const measured = ['boots', 'CPU quota › holds a container down'];

    it('is lost with its reason, each test that was measured, and turns nothing red', () => {
      expect(changesOf({ before: [], now: [IN_CONTAINERS] })).to.deep.equal({
        changes: [{ change: 'lost', why: SKIP_REASON, tests: measured }],
        ...{ outcome: 'good', failing: 'good' },
      });
    });

    it('is added once it can be run', () => {
      expect(changesOf({ before: [IN_CONTAINERS], now: [] }).changes).to.deep.equal([
        { change: 'added', why: SKIP_REASON, tests: measured },
      ]);
    });

    it('is no change if neither could run it', () => {
      const changes = changesOf({ before: [IN_CONTAINERS], now: [IN_CONTAINERS] });
      expect(changes.changes).to.deep.equal([]);
    });
  });
});
