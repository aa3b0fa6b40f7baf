/**
 * How long a run will still take: a simulation of its schedule with what cells took in earlier runs,
 * corrected by how this run goes. Pure: events in, milliseconds out.
 */
import { BOOTS, isSameTest, type RunEvent } from '../events.ts';

export interface TimeLeft {
  push(event: RunEvent): void;
  /**
   * Milliseconds until all cells are done. Undefined as long as nothing is known of how long cells
   * take. Looks at all cells that are left: not for every event.
   * @param nowMs Wall-clock time, as are the events' times.
   */
  leftMs(nowMs: number): number | undefined;
  /** How long a cell will take that has not begun; undefined if nothing is known. */
  cellMs(cell: string): number | undefined;
  /**
   * How long the next test of a running cell will take, which is about to begin: the worker is done with
   * those before, even if their verdicts are still to come. Undefined if nothing is known.
   */
  testMs(cell: string, nowMs: number): number | undefined;
}

/** @param past The first part of a run that is resumed. */
export function createTimeLeft(past: readonly RunEvent[] = []): TimeLeft {
  const left = new RunTimes();
  for (const event of past) left.push(event);
  return left;
}

type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { readonly type: T }>;

interface RunningCell {
  readonly beginMs: number;
  readonly expectedMs: number | undefined;
  /** Tests that had ended when it began: an earlier part of the run did them. */
  readonly doneBefore: number;
  /** Its tests that have begun, without `boots`: what a cell takes to come up says nothing of its tests. */
  begunTests: number;
  /** When the first of them began. */
  testsBeginMs?: number;
}

interface CellTests {
  done: number;
  cached: number;
  planned: number | undefined;
}

/** As many tests of a cell must have ended before they say how long it will take. */
const TELLING_TESTS_MIN = 3;

class RunTimes implements TimeLeft {
  #jobs = 1;
  /** Cells that have not begun, in the order in which they will, with what is known of each. */
  readonly #waiting = new Map<string, number | undefined>();
  readonly #running = new Map<string, RunningCell>();
  /** Of cells that are not done. */
  readonly #tests = new Map<string, CellTests>();
  /** Of the cells for which something is known from earlier runs. */
  #expected = { count: 0, sumMs: 0 };
  /** Of those that have ended: what was expected, and what they took. */
  #compared = { expectedMs: 0, actualMs: 0 };
  /** Of cells that have ended and that never ran before. */
  #novel = { count: 0, sumMs: 0 };

  push(event: RunEvent): void {
    switch (event.type) {
      case 'run-begin':
        this.#jobs = event.jobs;
        for (const { id } of event.cells) this.#waiting.set(id, undefined);
        break;
      case 'run-resumed':
        this.#running.clear();
        break;
      case 'schedule':
        this.#schedule(event);
        break;
      case 'cell-begin':
        this.#begin(event);
        break;
      case 'tests':
        // `boots` is a test, too.
        this.#testsOf(event.cell).planned = event.tests.length + 1;
        break;
      case 'test-begin':
        this.#beginTest(event);
        break;
      case 'test-end':
        if ((event.attempt ?? 1) > 1) break;
        this.#testsOf(event.cell).done += 1;
        if (event.cached !== undefined) this.#testsOf(event.cell).cached += 1;
        break;
      case 'cell-end':
        this.#compare(event);
        this.#forget(event.cell);
        break;
      case 'cell-failed':
        this.#forget(event.cell);
    }
  }

  leftMs(nowMs: number): number | undefined {
    const free: number[] = [];
    const usualMs = this.#usualMs ?? this.#usualByProgress(nowMs);
    for (const [cell, running] of this.#running) {
      const ms = this.#restMs(cell, running, usualMs, nowMs);
      if (ms === undefined) return undefined;
      free.push(ms);
    }
    while (free.length < this.#jobs) free.push(0);
    for (const expectedMs of this.#waiting.values()) {
      const ms = this.#correct(expectedMs) ?? usualMs;
      if (ms === undefined) return undefined;
      const next = indexOfLeast(free);
      free[next] = (free[next] ?? 0) + ms;
    }
    return Math.max(...free);
  }

  cellMs(cell: string): number | undefined {
    return this.#correct(this.#waiting.get(cell)) ?? this.#usualMs;
  }

  testMs(cell: string, nowMs: number): number | undefined {
    const running = this.#running.get(cell);
    const { planned } = this.#testsOf(cell);
    if (running === undefined) return undefined;
    const { begunTests, testsBeginMs } = running;
    if (testsBeginMs !== undefined) return (nowMs - testsBeginMs) / begunTests;
    const cellMs = this.#correct(running.expectedMs);
    const left = (planned ?? 0) - running.doneBefore;
    return cellMs === undefined || left <= 0 ? undefined : cellMs / left;
  }

  #schedule({ cells }: EventOf<'schedule'>): void {
    this.#waiting.clear();
    this.#expected = { count: 0, sumMs: 0 };
    for (const { cell, expectedMs } of cells) {
      this.#waiting.set(cell, expectedMs);
      if (expectedMs === undefined) continue;
      this.#expected.count += 1;
      this.#expected.sumMs += expectedMs;
    }
  }

  #begin({ cell, time }: EventOf<'cell-begin'>): void {
    const expectedMs = this.#waiting.get(cell);
    this.#waiting.delete(cell);
    const doneBefore = this.#testsOf(cell).done;
    this.#running.set(cell, { beginMs: Date.parse(time), expectedMs, doneBefore, begunTests: 0 });
  }

  #beginTest({ cell, test, time }: EventOf<'test-begin'>): void {
    const running = this.#running.get(cell);
    if (running === undefined || isSameTest(test, BOOTS)) return;
    running.begunTests += 1;
    running.testsBeginMs ??= Date.parse(time);
  }

  /** What one cell took says something about the others, unless it ran nothing. */
  #compare({ cell, durationMs }: EventOf<'cell-end'>): void {
    const running = this.#running.get(cell);
    const { done, cached } = this.#testsOf(cell);
    if (running === undefined || done - running.doneBefore <= cached) return;
    if (running.expectedMs === undefined) {
      this.#novel.count += 1;
      this.#novel.sumMs += durationMs;
    } else {
      this.#compared.expectedMs += running.expectedMs;
      this.#compared.actualMs += durationMs;
    }
  }

  #forget(cell: string): void {
    this.#waiting.delete(cell);
    this.#running.delete(cell);
    this.#tests.delete(cell);
  }

  #testsOf(cell: string): CellTests {
    const tests = this.#tests.get(cell) ?? { done: 0, cached: 0, planned: undefined };
    this.#tests.set(cell, tests);
    return tests;
  }

  /** How much longer cells take than expected: the more of them have ended, the more that counts. */
  get #factor(): number {
    const { count, sumMs } = this.#expected;
    const oneCellMs = count === 0 ? 0 : sumMs / count;
    const { expectedMs, actualMs } = this.#compared;
    return expectedMs + oneCellMs === 0 ? 1 : (actualMs + oneCellMs) / (expectedMs + oneCellMs);
  }

  #correct(expectedMs: number | undefined): number | undefined {
    return expectedMs === undefined ? undefined : expectedMs * this.#factor;
  }

  /** What a cell takes of which nothing is known. */
  get #usualMs(): number | undefined {
    if (this.#novel.count > 0) return this.#novel.sumMs / this.#novel.count;
    const { count, sumMs } = this.#expected;
    return count === 0 ? undefined : (sumMs / count) * this.#factor;
  }

  /** The same, by how far running cells have come. */
  #usualByProgress(nowMs: number): number | undefined {
    const all = [...this.#running].flatMap(([cell, running]) => {
      const restMs = this.#restByProgress(cell, running, nowMs);
      return restMs === undefined ? [] : [nowMs - running.beginMs + restMs];
    });
    return all.length === 0 ? undefined : all.reduce((sum, ms) => sum + ms, 0) / all.length;
  }

  /** Of a running cell: first by what it should take, then more and more by how far it has come. */
  #restMs(
    cell: string,
    running: RunningCell,
    usualMs: number | undefined,
    nowMs: number,
  ): number | undefined {
    const byProgress = this.#restByProgress(cell, running, nowMs);
    const cellMs = this.#correct(running.expectedMs) ?? usualMs;
    if (cellMs === undefined) return byProgress;
    const byDuration = Math.max(0, cellMs - (nowMs - running.beginMs));
    if (byProgress === undefined) return byDuration;
    const { done, planned = done } = this.#testsOf(cell);
    const share = planned === 0 ? 1 : Math.min(1, done / planned);
    return share * byProgress + (1 - share) * byDuration;
  }

  #restByProgress(cell: string, running: RunningCell, nowMs: number): number | undefined {
    const { done, planned } = this.#testsOf(cell);
    const ran = done - running.doneBefore;
    if (planned === undefined || ran < TELLING_TESTS_MIN) return undefined;
    return ((nowMs - running.beginMs) / ran) * Math.max(0, planned - done);
  }
}

function indexOfLeast(numbers: readonly number[]): number {
  let least = 0;
  for (const [index, number] of numbers.entries()) {
    if (number < (numbers[least] ?? 0)) least = index;
  }
  return least;
}
