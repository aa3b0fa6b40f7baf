/** The events of one cell → its part of the report, and its part of the live progress. */
import { BOOTS, type RunEvent, type TestId } from '../events.ts';
import type { Cell } from '../matrix/cell.ts';
import { isGood, worstVerdict } from '../verdict/verdict.ts';
import { countVerdicts } from './group.ts';
import type { CellReport, LooseFinding, TestReport, Totals } from './schema.ts';

type CellEvent = Extract<RunEvent, { readonly cell: string }>;
type TestEnd = Extract<RunEvent, { readonly type: 'test-end' }>;

/** A cell that has begun and has not ended. */
export interface CellProgress {
  readonly cell: string;
  /** ISO 8601. */
  readonly begunAt: string;
  /** The test that runs; absent between tests. */
  readonly test?: TestId;
  /** Which guest it boots, counted from 1; absent while one is up. */
  readonly booting?: number;
  /** Of the tests that have ended. */
  readonly totals: Totals;
  readonly done: number;
  /** Absent until the worker has told its tests. */
  readonly planned?: number;
}

export interface CellFold {
  push(event: CellEvent): void;
  readonly isDone: boolean;
  readonly totals: Totals;
  /** Absent unless the cell is running. */
  progress(): CellProgress | undefined;
  /** @param end Why what has no result has none. */
  report(end: RunEnd): CellReport;
}

/** How a run ended: `killed` if its last event is not its end. */
export type RunEnd = 'whole' | 'interrupted' | 'killed';

const WHY_UNFINISHED: Readonly<Record<RunEnd, string>> = {
  whole: 'the run ended without a result of it, which is a fault of kmx',
  interrupted: 'the run was interrupted',
  killed: 'kmx was killed',
};

/** Stands for tests that nobody could count: the cell's worker did not get to tell them. */
const ALL_TESTS: TestId = { file: 'scenarios', title: 'all tests of the cell' };

export function foldCell({ scenarios: _, ...axes }: Cell): CellFold {
  const guests: CellReport['guests'] = [];
  const tests: TestReport[] = [];
  const loose: LooseFinding[] = [];
  let begunAt: string | undefined;
  let planned: readonly TestId[] | undefined;
  let running: TestId | undefined;
  let booting: number | undefined;
  let durationMs: number | undefined;

  function endTest({
    type: _type,
    time: _time,
    cell: _cell,
    test,
    findings,
    ...rest
  }: TestEnd): void {
    tests.push({ ...test, ...rest, findings: [...findings] });
    if (running !== undefined && isSameTest(running, test)) running = undefined;
    for (const finding of findings) {
      const at = loose.findIndex(
        ({ guest, finding: { source, start } }) =>
          (rest.guest ?? guest) === guest && source === finding.source && start === finding.start,
      );
      if (at !== -1) loose.splice(at, 1);
    }
  }

  function push(event: CellEvent): void {
    const guest = guests.at(-1);
    switch (event.type) {
      case 'cell-begin':
        begunAt = event.time;
        break;
      case 'guest-begin':
        booting = event.guest;
        guests.push({ number: event.guest, reason: event.reason, command: [...event.command] });
        break;
      case 'guest-ready':
        booting = undefined;
        if (guest !== undefined) Object.assign(guest, { bootMs: event.bootMs, facts: event.facts });
        break;
      case 'guest-end':
        booting = undefined;
        if (guest !== undefined) guest.end = event.how;
        break;
      case 'tests':
        planned = event.tests;
        break;
      case 'test-begin':
        running = event.test;
        break;
      case 'finding':
        loose.push({ guest: event.guest, finding: event.finding });
        break;
      case 'test-end':
        endTest(event);
        break;
      case 'cell-end':
        durationMs = event.durationMs;
    }
  }

  function findMissing(): readonly TestId[] {
    const expected = [BOOTS, ...(planned ?? [])];
    const missing = expected.filter((test) => !tests.some((ended) => isSameTest(test, ended)));
    // A guest that came up, and then nothing: that is no cell with one test that passed.
    const isCutShort = durationMs === undefined && planned === undefined;
    const isUp = tests.some((test) => isSameTest(test, BOOTS) && isGood(test.verdict));
    return isCutShort && isUp ? [...missing, ALL_TESTS] : missing;
  }

  function missOf(test: TestId, end: RunEnd): TestReport {
    const isRunning = running !== undefined && isSameTest(running, test);
    const when = isRunning ? 'while it ran' : 'before it began';
    const why = end === 'whole' ? WHY_UNFINISHED.whole : `${WHY_UNFINISHED[end]} ${when}`;
    return { ...test, verdict: 'miss', durationMs: 0, detail: { message: why }, findings: [] };
  }

  return {
    push,
    get isDone() {
      return durationMs !== undefined;
    },
    get totals() {
      return countVerdicts(tests);
    },
    progress() {
      if (begunAt === undefined || durationMs !== undefined) return undefined;
      return {
        cell: axes.id,
        begunAt,
        ...(running === undefined ? {} : { test: running }),
        ...(booting === undefined ? {} : { booting }),
        totals: countVerdicts(tests),
        done: tests.length,
        ...(planned === undefined ? {} : { planned: planned.length + 1 }),
      };
    },
    report(end) {
      const all = [...tests, ...findMissing().map((test) => missOf(test, end))];
      const classes = loose.map(({ finding }) => finding.class);
      return {
        ...axes,
        verdict: worstVerdict([...all.map(({ verdict }) => verdict), ...classes]),
        totals: countVerdicts(all),
        ...(durationMs === undefined ? {} : { durationMs }),
        guests: guests.map((guest) => ({ ...guest })),
        tests: all,
        findings: [...loose],
      };
    },
  };
}

function isSameTest(one: TestId, other: TestId): boolean {
  return one.file === other.file && one.title === other.title;
}
