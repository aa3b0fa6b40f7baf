import { expect } from 'chai';
import type { BaselineReport } from './baseline-schema.ts';
import { createReportFold } from './fold-report.ts';
import { describeEarlier, headlineOf } from './headline.ts';
import type { RunReport } from './schema.ts';
import { createSampleRun } from './testing/sample-run.ts';

function sample(): RunReport {
  const fold = createReportFold();
  for (const event of createSampleRun()) fold.push(event);
  return fold.report();
}

/** The sample with the cells of these indices alone, and what hit them. */
function cellsOf(...indices: readonly number[]): RunReport {
  const report = sample();
  const cells = report.cells.filter((_, index) => indices.includes(index));
  const ids = new Set(cells.map(({ id }) => id));
  const within = <T extends { readonly hits: RunReport['crashes'][number]['hits'] }>(
    group: T,
  ): T => ({
    ...group,
    hits: group.hits.filter(({ cell }) => ids.has(cell)),
  });
  const totals: RunReport['totals'] = {};
  for (const { verdict } of cells.flatMap(({ tests }) => tests)) {
    totals[verdict] = (totals[verdict] ?? 0) + 1;
  }
  return {
    ...{ ...report, cells, totals },
    crashes: report.crashes.map(within).filter(({ hits }) => hits.length > 0),
    failures: report.failures.map(within).filter(({ hits }) => hits.length > 0),
  };
}

/** As if an expectation said so. */
function asExpected(report: RunReport): RunReport {
  const know = <T extends { readonly hits: RunReport['crashes'][number]['hits'] }>(
    group: T,
  ): T => ({
    ...group,
    hits: group.hits.map((hit) => ({ ...hit, isExpected: true as const })),
  });
  return {
    ...report,
    crashes: report.crashes.map(know),
    failures: report.failures.map(know),
    cells: report.cells.map((cell) => ({
      ...cell,
      tests: cell.tests.map((test) =>
        test.judgement === undefined
          ? test
          : { ...test, judgement: { status: 'as-expected' as const, line: 1 } },
      ),
    })),
  };
}

function baseline(hits: BaselineReport['changes'][number]['hits']): BaselineReport {
  return {
    ...{
      run: 'before',
      startedAt: '2026-07-31T10:00:00.000Z',
      from: 'latest',
      inputs: [],
      missing: [],
    },
    changes: [{ change: 'new', now: { verdict: 'agent-panic', why: '' }, hits }],
  };
}

describe('The headline of a report', () => {
  it('says that everything is as expected', () => {
    expect(headlineOf(cellsOf(0, 1))).to.equal(
      'Green: everything as expected in 10 tests of 2 cells. Nothing missed.',
    );
  });

  it('says what is known of a good run', () => {
    expect(headlineOf(asExpected(cellsOf(0, 4)))).to.equal(
      'Green: nothing unexpected in 10 tests of 2 cells. 1 known failure as expected; nothing missed.',
    );
  });

  it('counts each cause once, with its cells, the worst first', () => {
    expect(headlineOf(cellsOf(0, 5, 7))).to.equal(
      'Red: 1 unexpected agent-panic and 1 unexpected hang in 2 cells, 1 miss in 1 cell.',
    );
  });

  it('counts many kinds together', () => {
    expect(headlineOf(sample())).to.equal(
      'Red: 1 unexpected kernel-panic and 6 other unexpected problems in 7 cells, 2 misses in 2 cells.',
    );
  });

  it('tells what is new since the baseline from what is older', () => {
    const report = cellsOf(0, 5, 7);
    const hits = report.crashes.flatMap((crash) => crash.hits);
    expect(headlineOf({ ...report, baseline: baseline(hits) })).to.equal(
      'Red: 1 new agent-panic since 31 Jul in 2 cells, 1 older hang in 1 cell, 1 miss in 1 cell.',
    );
  });

  it('does not call new what an expectation covers', () => {
    const report = asExpected(cellsOf(0, 4));
    const hits = report.failures.flatMap((failure) => failure.hits);
    expect(headlineOf({ ...report, baseline: baseline(hits) })).to.match(
      /^Green: nothing unexpected/,
    );
  });

  it('names expectations that do not hold any more', () => {
    const report = cellsOf(0, 1);
    const [first, ...others] = report.cells;
    if (first === undefined) throw new Error('Expected a cell');
    const tests = first.tests.map((test, index) => ({
      ...test,
      ...(index === 0 ? { judgement: { status: 'unexpected-pass' as const, line: 4 } } : {}),
    }));
    const stale = {
      ...{ line: 9, where: {}, outcome: 'fail' as const, reason: 'x', expires: '2027-01-01' },
      ...{ status: 'stale' as const, matched: 0 },
    };
    const cells = [{ ...first, tests }, ...others];
    expect(headlineOf({ ...report, cells, expectations: [stale] })).to.equal(
      'Red: 1 unexpected pass, 1 stale expectation. Nothing missed.',
    );
  });

  it('tells known failures whose expectation has expired from others', () => {
    const report = cellsOf(0, 4);
    const cells = report.cells.map((cell) => ({
      ...cell,
      tests: cell.tests.map((test) =>
        test.verdict === 'fail'
          ? { ...test, judgement: { status: 'expired' as const, line: 1 } }
          : test,
      ),
    }));
    expect(headlineOf({ ...report, cells })).to.equal(
      'Red: 1 known failure past its expiry. Nothing missed.',
    );
  });

  it('does not count as a problem what an interrupted run did not come to', () => {
    const [begin, ...rest] = createSampleRun();
    if (begin === undefined) throw new Error('Expected a run that begins');
    const end = { type: 'run-end', time: begin.time, interrupted: true } as const;
    const ends = rest.flatMap(({ type }, index) => (type === 'test-end' ? [index + 1] : []));
    const afterTests = (number: number): number => [0, ...ends][number] ?? 0;
    const cut = (number: number): string =>
      headlineOf(createReportFold([begin, ...rest.slice(0, afterTests(number)), end]).report());
    expect(cut(0)).to.match(/^Interrupted: none of \d+ tests ran\.$/);
    expect(cut(1)).to.match(/^Interrupted: 1 of \d+ tests ran, as expected\.$/);
    expect(cut(2)).to.match(/^Interrupted: 2 of \d+ tests ran, both as expected\.$/);
    expect(cut(3)).to.match(/^Interrupted: 3 of \d+ tests ran, all as expected\.$/);
    expect(cut(40)).to.match(/^Interrupted: 1 unexpected .*\. 40 of \d+ tests ran\.$/);
  });

  it('says when nothing could be measured', () => {
    expect(headlineOf(cellsOf(8))).to.equal('Nothing measured: 1 test of 1 cell, all missed.');
  });
});

describe('The day of a baseline', () => {
  const now = '2026-01-01T04:00:00.000Z';

  it('has a year only if that is another one', () => {
    expect(describeEarlier('2025-12-31T23:59:00.000Z', now)).to.equal('31 Dec 2025');
    expect(describeEarlier('2026-01-01T23:59:00.000Z', '2026-02-01T00:00:00.000Z')).to.equal(
      '1 Jan',
    );
  });

  it('is a time if it is the same day', () => {
    expect(describeEarlier('2026-01-01T03:12:00.000Z', now)).to.equal('03:12 UTC');
  });
});
