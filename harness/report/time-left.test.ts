import { expect } from 'chai';
import fc from 'fast-check';
import type { RunEvent } from '../events.ts';
import { createSampleRun } from './testing/sample-run.ts';
import { createTimeLeft, type TimeLeft } from './time-left.ts';

const START_MS = Date.parse('2026-11-25T10:00:00.000Z');
const at = (ms: number): string => new Date(START_MS + ms).toISOString();

type Body = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'time'> : never) : never;

/** A run whose events say no more than what its time depends on. */
function openRun(jobs: number, cells: Readonly<Record<string, number | undefined>>) {
  const times = createTimeLeft();
  const [begin] = createSampleRun();
  if (begin?.type !== 'run-begin') throw new Error('Expected a run that begins');
  times.push({ ...begin, jobs, time: at(0) });
  const forecasts = Object.entries(cells).map(([cell, expectedMs]) =>
    expectedMs === undefined ? { cell } : { cell, expectedMs },
  );
  const push = (ms: number, event: Body): void =>
    times.push({ ...event, time: at(ms) } as RunEvent);
  push(0, { type: 'schedule', cells: forecasts });
  return {
    push,
    left: (ms: number): number | undefined => times.leftMs(START_MS + ms),
    times: times as TimeLeft,
    begin: (ms: number, cell: string): void => push(ms, { type: 'cell-begin', cell }),
    end: (ms: number, cell: string, durationMs: number): void =>
      push(ms, { type: 'cell-end', cell, durationMs }),
    plan(ms: number, cell: string, tests: number): void {
      const all = Array.from({ length: tests - 1 }, (_, index) => ({
        file: 'a',
        title: `${index}`,
      }));
      push(ms, { type: 'tests', cell, tests: all });
    },
    test(ms: number, cell: string, title: string, isCached = false): void {
      const cached = isCached ? { cached: { run: 'before', time: at(0) } } : {};
      const result = { verdict: 'pass', durationMs: 1, findings: [], ...cached } as const;
      push(ms, { type: 'test-end', cell, test: { file: 'a', title }, ...result });
    },
  };
}

describe('the time that a run still takes', () => {
  it('is unknown before anything is known of how long cells take', () => {
    const run = openRun(2, { a: undefined, b: undefined });
    expect(run.left(0)).to.equal(undefined);
    run.begin(0, 'a');
    run.plan(0, 'a', 10);
    run.test(1000, 'a', 'one');
    run.test(2000, 'a', 'two');
    expect(run.left(2000)).to.equal(undefined);
  });

  it('of a first run follows from how far its cells have come', () => {
    const run = openRun(1, { a: undefined, b: undefined });
    run.begin(0, 'a');
    run.plan(0, 'a', 10);
    for (const second of [1, 2, 3]) run.test(second * 1000, 'a', `${second}`);
    expect(run.left(3000)).to.equal(7000 + 10_000);
    run.end(10_000, 'a', 10_000);
    expect(run.left(10_000)).to.equal(10_000);
  });

  it('is that of the longest job, with cells in the order of the schedule', () => {
    expect(openRun(1, { a: 3000, b: 2000, c: 2000 }).left(0)).to.equal(7000);
    expect(openRun(2, { a: 3000, b: 2000, c: 2000 }).left(0)).to.equal(4000);
    expect(openRun(9, { a: 3000, b: 2000, c: 2000 }).left(0)).to.equal(3000);
  });

  it('counts a cell that never ran as an average one, and a cached one as nothing', () => {
    expect(openRun(1, { a: 3000, b: 1000, c: undefined }).left(0)).to.equal(6000);
    expect(openRun(1, { a: 3000, b: 0 }).left(0)).to.equal(3000);
  });

  it('shrinks while cells run, also before their tests end', () => {
    const run = openRun(1, { a: 3000, b: 2000 });
    run.begin(0, 'a');
    expect(run.left(1000)).to.equal(4000);
    expect(run.left(5000)).to.equal(2000);
  });

  it('is corrected by what cells took that have ended, the more of them the more', () => {
    const cells = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`${index}`, 1000]));
    const run = openRun(1, cells);
    const factors = [];
    for (let index = 0; index < 19; index += 1) {
      run.begin(index * 2000, `${index}`);
      run.test(index * 2000, `${index}`, 'one');
      run.end((index + 1) * 2000, `${index}`, 2000);
      factors.push((run.left((index + 1) * 2000) ?? 0) / ((19 - index) * 1000));
    }
    expect(factors[0]).to.equal(1.5);
    expect(factors).to.deep.equal(factors.toSorted((one, other) => one - other));
    expect(factors.at(-1)).to.be.within(1.9, 2);
  });

  it('is not misled by cells whose results were known', () => {
    const run = openRun(1, { a: 1000, b: 1000, c: 1000 });
    run.begin(0, 'a');
    run.test(1, 'a', 'one', true);
    run.end(2, 'a', 2);
    expect(run.left(2)).to.equal(2000);
  });

  it('of a resumed run is that of what is left', () => {
    const run = openRun(1, { a: 1000, b: 4000 });
    run.begin(0, 'a');
    run.end(1000, 'a', 1000);
    run.begin(1000, 'b');
    run.plan(1000, 'b', 4);
    run.test(2000, 'b', 'one');
    run.push(90_000, { type: 'run-resumed' });
    run.push(90_000, { type: 'schedule', cells: [{ cell: 'b', expectedMs: 3000 }] });
    expect(run.left(90_000)).to.equal(3000);
    run.begin(90_000, 'b');
    expect(run.times.testMs('b', START_MS + 90_000)).to.equal(1000);
    for (const second of [1, 2, 3]) run.test(90_000 + second * 2000, 'b', `${second}`);
    expect(run.left(96_000)).to.equal(0);
  });

  it('of a next test is the average of those before, without what the cell took to come up', () => {
    const run = openRun(1, { a: undefined });
    const begin = (ms: number, file: string, title: string): void =>
      run.push(ms, { type: 'test-begin', cell: 'a', test: { file, title } });
    run.begin(0, 'a');
    begin(0, 'boots', 'boots');
    run.plan(60_000, 'a', 4);
    run.test(60_000, 'a', 'boots');
    expect(run.times.testMs('a', START_MS + 60_000)).to.equal(undefined);
    begin(60_000, 'a', 'one');
    // Its verdict is still to come.
    expect(run.times.testMs('a', START_MS + 62_000)).to.equal(2000);
    begin(62_000, 'a', 'two');
    expect(run.times.testMs('a', START_MS + 63_000)).to.equal(1500);
  });

  it('is a number or unknown, never negative, wherever a run is', () => {
    const events = createSampleRun();
    fc.assert(
      fc.property(fc.nat(events.length), fc.integer(), (length, lateMs) => {
        const times = createTimeLeft(events.slice(0, length));
        const now = Date.parse(events[length - 1]?.time ?? at(0)) + Math.abs(lateMs);
        const left = times.leftMs(now) ?? 0;
        expect(Number.isFinite(left) && left >= 0, `${left}`).to.equal(true);
      }),
    );
  });
});
