import { expect } from 'chai';
import type { RunEvent, StopReason } from '../events.ts';
import { createSampleRun } from '../report/testing/sample-run.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { createRunStops, type RunStops } from './run-stops.ts';

const START_MS = Date.parse('2026-11-25T10:00:00.000Z');
const time = new Date(START_MS).toISOString();

const end = (cell: string, title: string, verdict: Verdict): RunEvent => ({
  ...{ type: 'test-end', time, cell, test: { file: 'a', title }, verdict },
  ...{ durationMs: 1, findings: [] },
});
const cellEnd = (cell: string): RunEvent => ({ type: 'cell-end', time, cell, durationMs: 1 });

describe('a run that is to stop after some failures', () => {
  let stops: RunStops;
  let told: StopReason[];
  beforeEach(() => {
    told = [];
    stops = createRunStops({
      bounds: { maxFailures: 2 },
      startedMs: START_MS,
      isAsExpected: ({ verdict }) => verdict === 'pass' || verdict === 'hang',
      onStop: (reason) => void told.push(reason),
    });
  });

  const observe = (...events: readonly RunEvent[]): void => {
    for (const event of events) stops.observe(event);
  };

  it('ends at once with the last of them', () => {
    observe(end('a', 'one', 'fail'), end('a', 'two', 'pass'), end('b', 'one', 'hang'));
    expect(stops.signal.aborted).to.equal(false);
    observe(end('b', 'two', 'agent-panic'), end('b', 'three', 'fail'));
    expect(stops.signal.aborted).to.equal(true);
    expect(stops.reason).to.equal('max-failures');
    expect(told).to.deep.equal(['max-failures']);
  });

  it('counts a test once, whatever its retries say', () => {
    observe(end('a', 'one', 'fail'), end('a', 'one', 'fail'), end('a', 'one', 'pass'));
    expect(stops.reason).to.equal(undefined);
    observe(end('b', 'one', 'fail'));
    expect(stops.reason).to.equal('max-failures');
  });

  it('counts a miss that no retry has mended, once its cell has ended', () => {
    observe(end('a', 'one', 'miss'), end('a', 'two', 'miss'), end('a', 'three', 'miss'));
    observe(end('a', 'one', 'pass'), end('a', 'two', 'pass'));
    expect(stops.reason).to.equal(undefined);
    observe(cellEnd('a'));
    expect(stops.reason).to.equal(undefined);
    observe(end('b', 'one', 'miss'), cellEnd('b'));
    expect(stops.reason).to.equal('max-failures');
  });

  it('counts a cell that failed', () => {
    observe({ type: 'cell-failed', time, cell: 'a', message: 'no space left' });
    observe(end('b', 'one', 'fail'));
    expect(stops.reason).to.equal('max-failures');
  });
});

describe('a run with a time budget', () => {
  let nowMs: number;
  let told: StopReason[];
  beforeEach(() => {
    nowMs = START_MS;
    told = [];
  });

  function open(cells: Readonly<Record<string, number>>): RunStops {
    const stops = createRunStops({
      bounds: { timeBudgetMs: 10_000 },
      startedMs: START_MS,
      nowMs: () => nowMs,
      isAsExpected: () => true,
      onStop: (reason) => void told.push(reason),
    });
    const [begin] = createSampleRun();
    if (begin !== undefined) stops.observe(begin);
    const forecasts = Object.entries(cells).map(([cell, expectedMs]) => ({ cell, expectedMs }));
    stops.observe({ type: 'schedule', time, cells: forecasts });
    return stops;
  }

  it('begins cells that can end in time, and then no longer ones', () => {
    using stops = open({ long: 8000, short: 2000 });
    expect(stops.hasTimeForCell('long')).to.equal(true);
    nowMs += 5000;
    expect(told).to.deep.equal([]);
    expect(stops.hasTimeForCell('long')).to.equal(false);
    expect(told).to.deep.equal(['time-budget']);
    expect(stops.hasTimeForCell('short')).to.equal(true);
    expect(stops.signal.aborted, 'what runs can end').to.equal(false);
  });

  it('begins a cell that no night has time for when its turn comes, and no test that is too long', () => {
    using stops = open({ cached: 0, short: 2000, slow: 9500, huge: 60_000 });
    nowMs += 1000;
    expect(stops.hasTimeForCell('cached')).to.equal(true);
    expect(stops.hasTimeForCell('slow'), 'there is never more time').to.equal(true);
    nowMs += 8000;
    expect(stops.hasTimeForCell('huge')).to.equal(true);
    expect(told).to.deep.equal([]);
    stops.observe({ type: 'cell-begin', time, cell: 'huge' });
    const tests = ['one', 'two', 'three'].map((title) => ({ file: 'a', title }));
    stops.observe({ type: 'tests', time, cell: 'huge', tests });
    expect(stops.hasTimeForTest('huge')).to.equal(false);
    expect(stops.hasTimeForCell('short')).to.equal(false);
  });

  it('begins no cell once its time is over, however long it takes', () => {
    using stops = open({ huge: 60_000 });
    nowMs += 10_000;
    expect(stops.hasTimeForCell('huge')).to.equal(false);
    expect(told).to.deep.equal(['time-budget']);
  });

  it('takes a cell that never ran for an average one', () => {
    using stops = open({ one: 12_000, two: 4000 });
    nowMs += 1000;
    expect(stops.hasTimeForCell('novel')).to.equal(true);
    nowMs += 2000;
    expect(stops.hasTimeForCell('novel')).to.equal(false);
  });

  it('begins what it knows nothing of, as long as there is time', () => {
    using stops = open({});
    nowMs += 9999;
    expect(stops.hasTimeForCell('novel')).to.equal(true);
    nowMs += 1;
    expect(stops.hasTimeForCell('novel')).to.equal(false);
  });

  it('begins no test in a running cell that will not end in time', () => {
    using stops = open({ cell: 8000 });
    stops.observe({ type: 'cell-begin', time, cell: 'cell' });
    const tests = ['one', 'two', 'three'].map((title) => ({ file: 'a', title }));
    stops.observe({ type: 'tests', time, cell: 'cell', tests });
    expect(stops.hasTimeForTest('cell'), 'by the recorded duration').to.equal(true);
    stops.observe({ type: 'test-begin', time, cell: 'cell', test: { file: 'a', title: 'one' } });
    nowMs += 7000;
    expect(stops.hasTimeForTest('cell'), 'by how this run goes').to.equal(false);
    expect(stops.reason).to.equal('time-budget');
  });
});
