/**
 * What changed from the results of a baseline to those of a run, by cause. What was not measured, a
 * miss or a skip, is no result: it is neither a new failure nor a fixed one.
 */
import type { StandingResult } from '../events.ts';
import { ALL_TESTS, NOTHING_RAN } from '../events.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { isOutdated } from '../verdict/signature.ts';
import { isGood, VERDICTS } from '../verdict/verdict.ts';
import type { ResultsByTest } from './baseline-pack.ts';
import { BASELINE_CHANGES, type BaselineChange, type ChangeReport } from './baseline-schema.ts';
import { isBelieved } from './confirm-crashes.ts';
import { isAsExpected } from './expected.ts';
import type { CellReport } from './schema.ts';
import {
  BOOTS_KEY,
  OUTSIDE_TESTS,
  signaturesOf,
  splitTestKey,
  standingTests,
  testKey,
} from './standing-results.ts';

type Hit = ChangeReport['hits'][number];

/** How much of what only one of the two runs has says anything. */
export interface Scope {
  /** Both runs were to run the same: what only one of them has came or went. */
  readonly isSame: boolean;
  /** The runs that ended early: what they did not measure, they may not have got to. */
  readonly isInterrupted: { readonly before: boolean; readonly now: boolean };
}

export interface BaselineChanges {
  readonly changes: readonly ChangeReport[];
  /** Tests that only one of the runs had, where that says nothing. */
  readonly outOfScope: number;
  /** Tests that the interrupted one of the runs did not get to. */
  readonly unreached: { readonly before: number; readonly now: number };
}

/**
 * What a run knows of a test. `none`: the run did not have it. `unreached`: it ended before. `elsewhere`:
 * it was not asked for.
 */
type Known = StandingResult | 'none' | 'unreached' | 'elsewhere';

interface Pair {
  readonly before: Known;
  readonly now: Known;
  readonly hit: Hit;
}

export function changesSince(
  baseline: ReadonlyMap<string, ResultsByTest>,
  cells: readonly CellReport[],
  scope: Scope,
): BaselineChanges {
  const grouping = new Grouping();
  const counts = { outOfScope: 0, unreached: { before: 0, now: 0 } };
  const own = new Map(cells.map((cell) => [cell.id, cell]));
  const gone = [...baseline.keys()].filter((id) => !own.has(id));
  for (const id of [...own.keys(), ...gone]) {
    for (const pair of pairsOf(id, baseline.get(id), own.get(id), scope)) {
      const { before, now, hit } = pair;
      const change = changeOf(pair);
      if (change !== undefined) grouping.add(change, resultIn(before), resultIn(now), hit);
      else if (hit.test === undefined || !isOpen(pair)) continue;
      else if (before === 'elsewhere' || now === 'elsewhere') counts.outOfScope += 1;
      else counts.unreached[now === 'unreached' ? 'now' : 'before'] += 1;
    }
  }
  return { changes: grouping.close(baseline), ...counts };
}

/** One run has measured it, and nothing follows from what the other one says. */
function isOpen({ before, now }: Pair): boolean {
  const isSilent = (known: Known): boolean => known === 'unreached' || known === 'elsewhere';
  return (isSilent(before) && isMeasured(now)) || (isSilent(now) && isMeasured(before));
}

function* pairsOf(
  cell: string,
  before: ResultsByTest | undefined,
  now: CellReport | undefined,
  scope: Scope,
): Generator<Pair> {
  const results = now === undefined ? undefined : new Map<string, StandingResult>();
  const expected = new Set<string>();
  if (now !== undefined) {
    for (const [index, { key, ...result }] of standingTests(now).entries()) {
      results?.set(key, result);
      const test = now.tests[index];
      // The last one stands for what came outside of tests.
      if (test === undefined ? isOutsideExpected(now, before) : isExpected(test)) expected.add(key);
    }
  }
  const lookUp = {
    before: lookUpIn(before, scope.isSame, scope.isInterrupted.before),
    now: lookUpIn(results, scope.isSame, scope.isInterrupted.now),
  };
  for (const key of new Set([...(results?.keys() ?? []), ...(before?.keys() ?? [])])) {
    const found = { before: lookUp.before(key), now: lookUp.now(key) };
    if (isPass(found.before) && isPass(found.now)) continue;
    // Tests that a cell did not get to are as expected as what kept it from them.
    const isKnown = expected.has((results && tellingKey(results, key)) ?? BOOTS_KEY);
    const hit: Hit = {
      cell,
      ...(key === OUTSIDE_TESTS ? {} : { test: splitTestKey(key) }),
      ...(isKnown ? { isExpected: true as const } : {}),
    };
    yield key === OUTSIDE_TESTS
      ? { ...withoutRepeats(found, before, results), hit }
      : { ...found, hit };
  }
}

const ALL_TESTS_KEY = testKey(ALL_TESTS.file, ALL_TESTS.title);
const NOTHING_RAN_KEY = testKey(NOTHING_RAN.file, NOTHING_RAN.title);

/**
 * Whose result tells of a test: its own, or the miss that stands for all that its cell lacks or skips;
 * undefined if the cell has neither.
 */
function tellingKey(results: ResultsByTest, key: string): string | undefined {
  const own = results.get(key);
  const isSkipped = own === undefined || own.verdict === 'skip';
  if (isSkipped && results.has(NOTHING_RAN_KEY)) return NOTHING_RAN_KEY;
  if (own !== undefined) return key;
  return results.has(ALL_TESTS_KEY) ? ALL_TESTS_KEY : undefined;
}

const NOT_UP: StandingResult = { verdict: 'miss', why: 'its cell did not come up' };

function lookUpIn(
  results: ResultsByTest | undefined,
  isSameScope: boolean,
  isInterrupted: boolean,
): (key: string) => Known {
  if (results === undefined) {
    return () => (isSameScope ? 'none' : 'elsewhere');
  }
  const boots = results.get(BOOTS_KEY);
  // The host cannot run the cell: what is said of that is said of each of its tests.
  if (boots?.verdict === 'skip') return () => boots;
  const isUp = boots !== undefined && isGood(boots.verdict);
  return (key) => {
    const telling = tellingKey(results, key);
    const found = telling === undefined ? undefined : results.get(telling);
    if (found !== undefined) {
      // That nothing ran is said only of cells that ran to their end.
      const isCut = isInterrupted && telling !== NOTHING_RAN_KEY && isUntried(found);
      return isCut ? 'unreached' : found;
    }
    if (isInterrupted && (isUp || boots === undefined || isUntried(boots))) return 'unreached';
    if (boots !== undefined && !isUp && key !== OUTSIDE_TESTS) return NOT_UP;
    return isSameScope ? 'none' : 'elsewhere';
  };
}

/** A miss because the run ended: whatever was tried and missed has another reason. */
function isUntried({ verdict, missKind = 'stopped' }: StandingResult): boolean {
  return verdict === 'miss' && missKind === 'stopped';
}

function isExpected(test: CellReport['tests'][number]): boolean {
  return test.judgement !== undefined && isAsExpected(test);
}

/** Whether an expectation covers each crash outside of tests that the baseline did not have there. */
function isOutsideExpected({ findings }: CellReport, before: ResultsByTest | undefined): boolean {
  const known = signaturesIn(before);
  const fresh = findings.filter(
    (loose) => isBelieved(loose) && !known.has(loose.finding.signature),
  );
  return fresh.length > 0 && fresh.every((loose) => loose.isExpected === true);
}

/**
 * A crash may be seen in a test one day and after it the next: outside of tests, only one counts that the
 * cell had nowhere before, or has nowhere now.
 */
function withoutRepeats(
  { before, now }: Pick<Pair, 'before' | 'now'>,
  baseline: ResultsByTest | undefined,
  results: ResultsByTest | undefined,
): Pick<Pair, 'before' | 'now'> {
  const isNowhere = (known: Known, cell: ResultsByTest | undefined): boolean => {
    const all = signaturesIn(cell);
    return isBad(known) && signaturesOf(known).some((signature) => !all.has(signature));
  };
  const calm: StandingResult = { verdict: 'pass', why: '' };
  const isFresh = isNowhere(now, baseline);
  const isOver = isFresh || isNowhere(before, results);
  return {
    before: isBad(before) && !isOver ? calm : before,
    now: isBad(now) && !isFresh ? calm : now,
  };
}

function signaturesIn(results: ResultsByTest | undefined): ReadonlySet<string> {
  return new Set([...(results?.values() ?? [])].flatMap(signaturesOf));
}

function isResult(known: Known): known is StandingResult {
  return typeof known === 'object';
}

function isMeasured(known: Known): known is StandingResult {
  return isResult(known) && known.verdict !== 'miss' && known.verdict !== 'skip';
}

function isPass(known: Known): boolean {
  return isResult(known) && known.verdict === 'pass';
}

function isBad(known: Known): known is StandingResult {
  return isMeasured(known) && known.verdict !== 'pass';
}

function changeOf({ before, now, hit }: Pair): BaselineChange | undefined {
  if (isBad(now)) {
    if (isBad(before)) return isOther(before, now) ? 'changed' : undefined;
    const isSilent = before === 'unreached' || before === 'elsewhere';
    // What is known to fail is not listed as new because the baseline says nothing about it.
    return isSilent && hit.isExpected === true ? undefined : 'new';
  }
  if (hit.test === undefined) return isBad(before) && isMeasured(now) ? 'fixed' : undefined;
  if (isMeasured(now)) {
    if (isMeasured(before)) return isBad(before) ? 'fixed' : undefined;
    return before === 'none' || isResult(before) ? 'added' : undefined;
  }
  if (!isMeasured(before)) return undefined;
  return now === 'none' || isResult(now) ? 'lost' : undefined;
}

/** Another verdict or cause, or a crash beside that was not there: a known one must not hide it. */
function isOther(before: StandingResult, now: StandingResult): boolean {
  if (before.verdict !== now.verdict) return true;
  if (before.signature === undefined || now.signature === undefined) {
    return causeOf(before) !== causeOf(now);
  }
  // Computed in another way: what is told to people is all that can be compared.
  if (isOutdated(before.signature)) return before.why !== now.why;
  const known = new Set(signaturesOf(before));
  return signaturesOf(now).some((signature) => !known.has(signature));
}

function resultIn(known: Known): StandingResult | undefined {
  return isResult(known) ? known : undefined;
}

/** Results with the same cause are one line of a report. */
function causeOf(result: StandingResult | undefined): string {
  if (result === undefined) return '';
  const { verdict, signature, why, beside = [] } = result;
  if (verdict === 'pass') return verdict;
  return [verdict, signature ?? why, ...beside.map((crash) => crash.signature).toSorted()].join(
    '\n',
  );
}

interface Group {
  readonly change: BaselineChange;
  readonly now: StandingResult | undefined;
  before: StandingResult | undefined;
  readonly hits: Hit[];
}

class Grouping {
  readonly #groups = new Map<string, Group>();

  add(
    change: BaselineChange,
    before: StandingResult | undefined,
    now: StandingResult | undefined,
    hit: Hit,
  ): void {
    const by = {
      new: [now],
      changed: [before, now],
      lost: [now],
      fixed: [before],
      added: [before],
    }[change];
    const key = [change, ...by.map(causeOf)].join('\n\n');
    const group = this.#groups.get(key) ?? { change, now, before, hits: [] };
    this.#groups.set(key, group);
    if (causeOf(group.before) !== causeOf(before)) group.before = undefined;
    group.hits.push(hit);
  }

  close(baseline: ReadonlyMap<string, ResultsByTest>): readonly ChangeReport[] {
    const groups = [...this.#groups.values()].toSorted(byGravity);
    const seen = groups.some(({ change }) => change === 'new') ? countCauses(baseline) : new Map();
    return groups.map(({ change, before, now, hits }) => {
      const elsewhere =
        change === 'new' ? (seen.get(causeOf(now)) as number | undefined) : undefined;
      return omitUndefined({
        change,
        now: now && describe(now),
        before: before && describe(before),
        elsewhere,
        hits,
      });
    });
  }
}

/** How many tests of the baseline had each cause. */
function countCauses(baseline: ReadonlyMap<string, ResultsByTest>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const results of baseline.values()) {
    for (const [key, result] of results) {
      if (isGood(result.verdict) || key === OUTSIDE_TESTS) continue;
      const cause = causeOf(result);
      counts.set(cause, (counts.get(cause) ?? 0) + 1);
    }
  }
  return counts;
}

function byGravity(one: Group, other: Group): number {
  return (
    BASELINE_CHANGES.indexOf(one.change) - BASELINE_CHANGES.indexOf(other.change) ||
    Number(isAllExpected(one)) - Number(isAllExpected(other)) ||
    gravityOf(one) - gravityOf(other) ||
    other.hits.length - one.hits.length
  );
}

function isAllExpected({ hits }: Group): boolean {
  return hits.every(({ isExpected }) => isExpected === true);
}

function gravityOf({ change, now, before }: Group): number {
  const result = change === 'fixed' ? before : now;
  return result === undefined ? VERDICTS.length : VERDICTS.indexOf(result.verdict);
}

function describe({ verdict, signature, why, beside = [] }: StandingResult) {
  const also = beside.map(({ title }) => `; also ${title}`).join('');
  return omitUndefined({ verdict, signature, why: `${why}${also}` });
}
