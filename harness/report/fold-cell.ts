/** The events of one cell → its part of the report, and its part of the live progress. */
import {
  ALL_TESTS,
  BOOTS,
  type GuestFacts,
  isSameTest,
  NOTHING_RAN,
  type RunBounds,
  type RunEvent,
  type StopReason,
  type TestId,
} from '../events.ts';
import type { Cell } from '../matrix/cell.ts';
import type { Prediction } from '../needs/prediction.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { count, describeDuration } from '../phrases.ts';
import { type Finding, isCrash } from '../verdict/finding.ts';
import { worstVerdict } from '../verdict/verdict.ts';
import { addAttempt } from './attempts.ts';
import { confirmCrashes, isBelieved } from './confirm-crashes.ts';
import { countVerdicts, recount } from './group.ts';
import type { AttemptReport, CellReport, LooseFinding, TestReport, Totals } from './schema.ts';
import { share } from './share.ts';
import { whySkipped } from './skipped-cell.ts';

type CellEvent = Extract<RunEvent, { readonly cell: string }>;
type TestEnd = Extract<RunEvent, { readonly type: 'test-end' }>;

/** A cell that is running. */
export interface CellProgress {
  readonly cell: string;
  /** ISO 8601. */
  readonly begunAt: string;
  /** The running test; absent between tests. */
  readonly test?: TestId;
  /** The guest that is booting, counted from 1; absent while one is up. */
  readonly booting?: number;
  /** Of the tests that have ended. */
  readonly totals: Totals;
  readonly done: number;
  /** Absent until the worker has reported its tests. */
  readonly planned?: number;
}

/** What the cells of a run have in common. */
export interface SharedByCells {
  /** Of the tests of all cells; each cell adds its own. */
  readonly totals: Totals;
  /** Of those, from an earlier run. */
  cached: number;
  /** The most recent ones: the next are built from their parts. */
  command: string[];
  planned: readonly TestId[];
  /** By kernel and cgroup mode. */
  readonly facts: Map<string, GuestFacts>;
  readonly results: Map<string, AttemptReport>;
  /** When the run began, in milliseconds since 1970; absent until `run-begin`. */
  beganMs?: number;
  /** Only some tests are wanted: that a cell has none of them says nothing. */
  isFiltered: boolean;
}

export function shareByCells(): SharedByCells {
  return {
    totals: {},
    cached: 0,
    command: [],
    planned: [],
    facts: new Map(),
    results: new Map(),
    isFiltered: false,
  };
}

export interface CellFold {
  push(event: CellEvent): void;
  /** The run was cut off and is resumed: what was in flight is forgotten, for it starts over. */
  resume(): void;
  readonly isDone: boolean;
  readonly totals: Totals;
  /** Of those, from an earlier run. */
  readonly cached: number;
  /** Why nothing of it was tried. */
  readonly skipped: string | undefined;
  /** Absent unless the cell is running. */
  progress(): CellProgress | undefined;
  /** @param end Says why tests without a result have none. */
  report(end: RunEnd): CellReport;
}

/** How a run ended: `killed` if its last event is not `run-end`. */
export interface RunEnd extends RunBounds {
  readonly how: 'whole' | 'interrupted' | 'killed' | StopReason;
}

function whyUnfinished({ how, maxFailures, timeBudgetMs }: RunEnd, isRunning: boolean): string {
  const when = isRunning ? 'while it ran' : 'before it began';
  switch (how) {
    case 'whole':
      return 'the run ended without a result of it, which is a fault of kmx';
    case 'interrupted':
      return `the run was interrupted ${when}`;
    case 'killed':
      return `kmx was killed ${when}`;
    case 'max-failures':
      return `the run was stopped after ${count(maxFailures ?? 0, 'unexpected result')} ${when}`;
    case 'time-budget': {
      const budget = `the time budget of ${describeDuration(timeBudgetMs ?? 0)}`;
      return isRunning ? `${budget} ended while it ran` : `${budget} left no time for it`;
    }
  }
}

/** What is known of a cell so far. */
interface CellState {
  readonly axes: Omit<Cell, 'scenarios'>;
  readonly guests: CellReport['guests'];
  readonly notes: string[];
  readonly tests: TestReport[];
  /** Totals of these tests, counted as they end. */
  readonly totals: Totals;
  readonly run: SharedByCells;
  /** Findings that no test claimed. */
  readonly loose: LooseFinding[];
  prediction?: Prediction;
  begunAt?: string;
  facts?: GuestFacts;
  planned?: readonly TestId[];
  running: TestId | undefined;
  /** When tests that have not ended began, since the run did: the next may begin before one ends. */
  readonly begun: { readonly test: TestId; readonly startMs: number }[];
  booting: number | undefined;
  durationMs?: number;
  /** Why the cell ended before all of its tests had a result. */
  failure: string | undefined;
}

export function foldCell({ scenarios: _, ...axes }: Cell, run: SharedByCells): CellFold {
  const state: CellState = {
    axes,
    guests: [],
    notes: [],
    tests: [],
    totals: {},
    run,
    loose: [],
    running: undefined,
    begun: [],
    booting: undefined,
    failure: undefined,
  };
  return new FoldedCell(state);
}

/** A class: a large run has so many cells that closures for each would take as much memory as all else. */
class FoldedCell implements CellFold {
  readonly #state: CellState;

  constructor(state: CellState) {
    this.#state = state;
  }

  push(event: CellEvent): void {
    pushToCell(this.#state, event);
  }

  resume(): void {
    resumeCell(this.#state);
  }

  get isDone(): boolean {
    return isDone(this.#state);
  }

  get totals(): Totals {
    return { ...this.#state.totals };
  }

  get cached(): number {
    return this.#state.tests.filter(({ cached }) => cached !== undefined).length;
  }

  get skipped(): string | undefined {
    return whySkipped(this.#state);
  }

  progress(): CellProgress | undefined {
    return progressOf(this.#state);
  }

  report(end: RunEnd): CellReport {
    return reportOf(this.#state, end);
  }
}

function pushToCell(state: CellState, event: CellEvent): void {
  switch (event.type) {
    case 'prediction':
      state.prediction = event.prediction;
      break;
    case 'cell-begin':
      state.begunAt = event.time;
      break;
    case 'guest-begin': {
      const { guest: number, reason, from, command, startedAt = event.time } = event;
      const startMs = sinceBegin(state, startedAt);
      state.booting = number;
      // Reports are only read, so that guests may have one list.
      state.run.command = share(command as string[], state.run.command);
      state.guests.push({
        ...{ number, reason, from, command: state.run.command },
        ...omitUndefined({ startMs }),
      });
      break;
    }
    case 'guest-ready': {
      const guest = guestOf(state, event.guest);
      state.booting = undefined;
      state.facts = shareFacts(state, event.facts);
      if (guest !== undefined) {
        guest.bootMs = event.bootMs;
        guest.facts = state.facts;
      }
      break;
    }
    case 'facts-recalled':
      state.facts = shareFacts(state, event.facts);
      break;
    case 'guest-end': {
      const guest = guestOf(state, event.guest);
      if (state.booting === event.guest) state.booting = undefined;
      if (guest !== undefined) guest.end = event.how;
      break;
    }
    case 'note':
      state.notes.push(event.message);
      break;
    case 'cell-failed':
      state.failure = event.message;
      break;
    case 'tests':
      state.run.planned = share(event.tests, state.run.planned);
      state.planned = state.run.planned;
      break;
    case 'test-begin':
      state.running = event.test;
      beginTest(state, event);
      break;
    case 'finding':
      pushLoose(state, event.guest, event.finding);
      break;
    case 'test-end':
      endTest(state, event);
      break;
    case 'cell-end':
      state.durationMs = event.durationMs;
  }
}

/** Cells of several kernels take turns, and all cells of one are told the same. */
function shareFacts({ axes: { kernel, cgroup }, run }: CellState, facts: GuestFacts): GuestFacts {
  const key = `${kernel}\n${cgroup}`;
  const shared = share(facts, run.facts.get(key));
  run.facts.set(key, shared);
  return shared;
}

/** Undefined if the run has no begin. */
function sinceBegin({ run: { beganMs } }: CellState, time: string): number | undefined {
  return beganMs === undefined ? undefined : Math.max(0, Date.parse(time) - beganMs);
}

function beginTest(
  state: CellState,
  { test, time }: Extract<RunEvent, { type: 'test-begin' }>,
): void {
  const startMs = sinceBegin(state, time);
  if (startMs !== undefined) {
    takeBegun(state, test);
    state.begun.push({ test, startMs });
  }
}

/** When a test began, which is forgotten. */
function takeBegun({ begun }: CellState, test: TestId): number | undefined {
  const at = begun.findIndex((one) => isSameTest(one.test, test));
  return at === -1 ? undefined : begun.splice(at, 1)[0]?.startMs;
}

function keyOf({ file, title }: TestId): string {
  return `${file}\n${title}`;
}

/** Once the emulator has shown to be at fault, nothing that the guest says counts. */
function pushLoose({ loose }: CellState, guest: number, finding: Finding): void {
  const isSpoilt = loose.some((before) => before.guest === guest && before.isVoid === true);
  const isVoid = isSpoilt || finding.impossible !== undefined;
  loose.push({ guest, finding, ...(isVoid ? { isVoid } : {}) });
}

function guestOf({ guests }: CellState, number: number): CellReport['guests'][number] | undefined {
  return guests.find((guest) => guest.number === number);
}

function resumeCell(state: CellState): void {
  state.running = undefined;
  state.begun.length = 0;
  state.booting = undefined;
  state.failure = undefined;
  if (state.durationMs !== undefined) return;
  const cutOff = state.guests.filter(({ end }) => end === undefined);
  for (const guest of cutOff) guest.end = 'cut off with kmx';
  const kept = state.loose.filter(({ guest }) => !cutOff.some(({ number }) => number === guest));
  state.loose.splice(0, state.loose.length, ...kept);
}

function endTest(
  state: CellState,
  { type: _type, time: _time, cell: _cell, attempt: _attempt, test, findings, ...rest }: TestEnd,
): void {
  const key = `${rest.verdict}\n${keyOf(test)}`;
  const begunMs = takeBegun(state, test);
  const startMs = rest.cached === undefined ? begunMs : undefined;
  const result = share({ ...rest, findings: [...findings] }, state.run.results.get(key));
  state.run.results.set(key, result);
  const index = state.tests.findIndex((other) => isSameTest(test, other));
  const before = state.tests[index];
  const standing =
    before === undefined
      ? { ...test, ...result, ...omitUndefined({ startMs }) }
      : addAttempt(before, result);
  if (before === undefined) state.tests.push(standing);
  else state.tests[index] = standing;
  recount(state.totals, standing.verdict, before?.verdict);
  recount(state.run.totals, standing.verdict, before?.verdict);
  const isCached = (one?: TestReport): number => (one?.cached === undefined ? 0 : 1);
  state.run.cached += isCached(standing) - isCached(before);
  // The next test may have begun before this one was decided.
  if (state.running !== undefined && isSameTest(state.running, test)) state.running = undefined;
  for (const finding of findings) {
    const at = state.loose.findIndex(
      ({ guest, finding: { source, start } }) =>
        (rest.guest ?? guest) === guest && source === finding.source && start === finding.start,
    );
    if (at !== -1) state.loose.splice(at, 1);
  }
}

function progressOf(state: CellState): CellProgress | undefined {
  const { axes, begunAt, running, booting, tests, totals, planned } = state;
  if (begunAt === undefined || isDone(state)) return undefined;
  return omitUndefined({
    cell: axes.id,
    begunAt,
    test: running,
    booting,
    totals: { ...totals },
    done: tests.length,
    // `boots` is a test, too.
    planned: planned === undefined ? undefined : planned.length + 1,
  });
}

function reportOf(state: CellState, end: RunEnd): CellReport {
  const { axes, durationMs, facts, guests, prediction } = state;
  const tests = [
    ...state.tests,
    ...findMissing(state).map((test) => missOf(state, test, end)),
    ...findNothingRan(state),
  ];
  const findings = confirmCrashes({ guests, tests, findings: state.loose });
  const believed = findings.filter(isBelieved).map(({ finding }) => finding);
  return {
    ...axes,
    verdict: worstVerdict([
      ...tests.map(({ verdict }) => verdict),
      ...believed.filter(isCrash).map((crash) => crash.class),
    ]),
    totals: countVerdicts(tests),
    ...omitUndefined({ durationMs, facts, prediction }),
    guests: guests.map((guest) => (guest.end === undefined ? { ...guest } : guest)),
    notes: [...state.notes],
    tests,
    findings,
  };
}

function findMissing({ tests, planned, durationMs }: CellState): readonly TestId[] {
  const expected = [BOOTS, ...(planned ?? [])];
  const missing = expected.filter((test) => !tests.some((ended) => isSameTest(test, ended)));
  // A guest that booted and nothing else: that is not a cell with one test that passed.
  const isCutShort = durationMs === undefined && planned === undefined;
  return isCutShort && isUp(tests) ? [...missing, ALL_TESTS] : missing;
}

/** Of a cell that was skipped, no guest was to come up. */
function isUp(tests: readonly TestReport[]): boolean {
  return tests.some((test) => isSameTest(test, BOOTS) && test.verdict === 'pass');
}

/** A cell that measures nothing must not look like one in which all is well. */
function findNothingRan({ tests, guests, run, durationMs }: CellState): readonly TestReport[] {
  if (durationMs === undefined || run.isFiltered) return [];
  const others = tests.filter((test) => !isSameTest(test, BOOTS));
  const facts = guests.flatMap((guest) => guest.facts ?? []);
  const hasNone = facts.length > 0 && facts.every(({ controllers }) => controllers.length === 0);
  const isAllSkipped = others.every(({ verdict }) => verdict === 'skip');
  if (!isUp(tests) || !(isAllSkipped || hasNone)) return [];
  const why = hasNone
    ? 'its guests offer no cgroup controller at all'
    : `all ${others.length} tests were skipped`;
  const detail = { message: `the cell measured nothing: ${why}` };
  return [{ ...NOTHING_RAN, verdict: 'miss', durationMs: 0, detail, findings: [] }];
}

function isDone({ durationMs, failure }: CellState): boolean {
  return durationMs !== undefined || failure !== undefined;
}

function missOf({ running, failure }: CellState, test: TestId, end: RunEnd): TestReport {
  const isRunning = running !== undefined && isSameTest(running, test);
  const isStopped = end.how !== 'whole';
  const detail: TestReport['detail'] =
    failure === undefined
      ? { message: whyUnfinished(end, isRunning), ...(isStopped && { missKind: 'stopped' }) }
      : // However the run ended, it was not that which the test is a miss for.
        { message: failure, missKind: 'host' };
  return { ...test, verdict: 'miss', durationMs: 0, detail, findings: [] };
}
