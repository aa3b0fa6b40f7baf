/** The sentence that every report begins with: is the run good, and if not, what is wrong with it. */
import { count, describeDay, inNumber } from '../phrases.ts';
import { VERDICTS, type Verdict } from '../verdict/verdict.ts';
import { describeStop } from './describe-stop.ts';
import { keyOfHit, newHitsOf } from './new-hits.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { countCells, type Hit, knownGroups, type Problem, problemsOf } from './problems.ts';
import type { RunReport } from './schema.ts';
import { whySkipped } from './skipped-cell.ts';
import { describeAllRan, describeRan, describeUnmeasured } from './unrun.ts';

export interface Headline {
  readonly word: 'Green' | 'Red' | 'Incomplete' | 'Interrupted' | 'Nothing measured';
  /** What is not as expected, what is new first; for a good run, that nothing is. */
  readonly findings: readonly string[];
  /** What else a reader should know: what is known, what was missed. */
  readonly rest: readonly string[];
}

const WORDS = {
  good: 'Green',
  bad: 'Red',
  incomplete: 'Incomplete',
  interrupted: 'Interrupted',
  unmeasured: 'Nothing measured',
} as const;

/** `Red: 1 new agent-panic since 27 Nov in 4 cells. 5 known failures as expected; nothing missed.` */
export function headlineOf(report: RunReport): string {
  const { word, findings, rest } = describeHeadline(report);
  const last = rest.join('; ');
  const more = last === '' ? '' : ` ${last.charAt(0).toUpperCase()}${last.slice(1)}.`;
  return `${word}: ${findings.join(', ')}.${more}`;
}

/** @param sayNumber How many tests and cells there are, as the reader's page writes large numbers. */
export function describeHeadline(
  report: RunReport,
  sayNumber: (number: number) => string = String,
): Headline {
  const outcome = outcomeOf(report);
  const tests = VERDICTS.reduce((sum, verdict) => sum + (report.totals[verdict] ?? 0), 0);
  const cells = report.cells.length;
  const among = `${sayNumber(tests)} ${inNumber(tests, 'test')} of ${sayNumber(cells)} ${inNumber(cells, 'cell')}`;
  const word = WORDS[outcome];
  if (outcome === 'unmeasured') {
    return { word, findings: [`${among}, ${describeUnmeasured(report)}`], rest: [] };
  }
  const problems = problemsOf(report);
  const known = describeKnown(report);
  if (outcome === 'good') {
    const isClean = known.length === 0;
    const isOnlyNew = report.failOn !== undefined && report.baseline !== undefined;
    const what = isClean ? 'everything as expected' : 'nothing unexpected';
    const findings = [`${isOnlyNew ? `nothing new${describeSince(report)}` : what} in ${among}`];
    // Then a run may be good in which much went wrong, as it did before.
    const older = isOnlyNew ? describeProblems(problems, report) : [];
    return {
      word,
      findings,
      rest: [...older, ...known, ...describeMisses(report), ...describeSkippedCells(report)],
    };
  }
  const wrong = [...describeProblems(problems, report), ...describeExpectations(report, problems)];
  return {
    word,
    findings: wrong.length === 0 ? [describeSoFar(report, outcome, sayNumber)] : wrong,
    rest: [
      ...(outcome === 'interrupted' && wrong.length > 0 ? [describeRan(report, sayNumber)] : []),
      ...known,
      ...describeMisses(report),
      ...describeSkippedCells(report),
    ],
  };
}

function describeSoFar(
  report: RunReport,
  outcome: Outcome,
  sayNumber: (number: number) => string,
): string {
  if (outcome === 'interrupted') return describeAllRan(report, sayNumber);
  return 'nothing unexpected so far';
}

const NOUNS: Readonly<Partial<Record<Verdict, string>>> = { fail: 'failure' };
/** More kinds of problems than this are counted together: a sentence that lists them is no sentence. */
const KINDS_MAX = 2;

/** `1 new agent-panic since 27 Nov in 4 cells`, `7 older problems in 5 cells`, `2 misses in 1 cell`. */
function describeProblems(problems: readonly Problem[], report: RunReport): readonly string[] {
  const current = problems.filter(({ isExpired }) => !isExpired);
  // A test is missed by itself: why many are may be one cause, and is told further down.
  const misses = current.filter(({ verdict }) => verdict === 'miss').flatMap(({ hits }) => hits);
  const newKeys = newHitsOf(report);
  const newMisses = misses.filter((hit) => newKeys.has(keyOfHit(hit)));
  const otherMisses = misses.filter((hit) => !newKeys.has(keyOfHit(hit)));
  const since = describeSince(report);
  const others = current.filter(({ verdict }) => verdict !== 'miss');
  const older = others.filter(({ isNew }) => !isNew);
  const word = report.baseline === undefined ? 'unexpected' : 'older';
  return [
    ...describeKinds(
      others.filter(({ isNew }) => isNew),
      'new',
      since,
    ),
    ...describeHits(newMisses, 'new miss', since),
    ...describeKinds(older, word, ''),
    // What an interrupted run has not measured is no problem of its own.
    ...(report.interrupted ? [] : describeHits(otherMisses, 'miss', '')),
  ];
}

function describeHits(hits: readonly Hit[], noun: string, since: string): readonly string[] {
  if (hits.length === 0) return [];
  return [`${count(hits.length, noun)}${since} in ${count(countCells(hits), 'cell')}`];
}

/**
 * `1 new kernel-oops and 1 new agent-panic since 27 Nov in 3 cells`; empty for no problems.
 * @param since Follows the nouns.
 */
function describeKinds(
  problems: readonly Problem[],
  word: string,
  since: string,
): readonly string[] {
  const kinds = [...Map.groupBy(problems, ({ verdict }) => verdict)].map(
    ([verdict, { length }]) => [verdict, length] as const,
  );
  const listed = kinds.length > KINDS_MAX ? kinds.slice(0, 1) : kinds;
  const rest = kinds.slice(listed.length).reduce((sum, [, number]) => sum + number, 0);
  const names = listed.map(([verdict, number]) => count(number, `${word} ${nounOf(verdict)}`));
  const all = [...names, ...(rest === 0 ? [] : [count(rest, `other ${word} problem`)])];
  if (all.length === 0) return [];
  const cells = countCells(problems.flatMap(({ hits }) => hits));
  return [`${all.join(' and ')}${since} in ${count(cells, 'cell')}`];
}

function nounOf(verdict: Verdict): string {
  return NOUNS[verdict] ?? verdict;
}

/** ` since 27 Nov`, or since a time if the baseline is of the same day. */
function describeSince({ baseline, startedAt }: RunReport): string {
  return baseline === undefined ? '' : ` since ${describeEarlier(baseline.startedAt, startedAt)}`;
}

/** `27 Nov`, `27 Nov 2025` in another year, or `03:12 UTC` on the same day. Both are in UTC. */
export function describeEarlier(earlier: string, now: string): string {
  const [date, today] = [new Date(earlier), new Date(now)];
  if (earlier.slice(0, 10) === now.slice(0, 10)) return `${date.toISOString().slice(11, 16)} UTC`;
  const day = describeDay(date);
  const year = date.getUTCFullYear();
  return year === today.getUTCFullYear() ? day : `${day} ${year}`;
}

function describeExpectations(
  { cells, expectations }: RunReport,
  problems: readonly Problem[],
): readonly string[] {
  const passes = cells
    .flatMap(({ tests }) => tests)
    .filter(({ judgement }) => judgement?.status === 'unexpected-pass').length;
  const expired = problems.filter(({ isExpired }) => isExpired).length;
  const stale = expectations.filter(({ status }) => status === 'stale').length;
  return [
    ...(passes === 0 ? [] : [`${count(passes, 'unexpected pass')}`]),
    ...(expired === 0 ? [] : [`${count(expired, 'known failure')} past its expiry`]),
    ...(stale === 0 ? [] : [count(stale, 'stale expectation')]),
  ];
}

function describeKnown(report: RunReport): readonly string[] {
  const known = knownGroups(report).length;
  return known === 0 ? [] : [`${count(known, 'known failure')} as expected`];
}

/** Nothing is known of them, which nobody must overlook. */
function describeSkippedCells({ cells }: RunReport): readonly string[] {
  const skipped = cells.filter((cell) => whySkipped(cell) !== undefined).length;
  return skipped === 0 ? [] : [`${count(skipped, 'cell')} skipped`];
}

/** Those that were not expected are told as what is wrong. */
function describeMisses(report: RunReport): readonly string[] {
  const { totals, failures, interrupted } = report;
  const { miss = 0 } = totals;
  const stop = describeStop(report);
  if (stop !== undefined) return [`${count(miss, 'test')} without a result: ${stop}`];
  if (interrupted) return [];
  if (miss === 0) return ['nothing missed'];
  const expected = failures
    .filter(({ verdict }) => verdict === 'miss')
    .flatMap(({ hits }) => hits.filter(({ isExpected }) => isExpected)).length;
  return expected === 0 ? [] : [`${count(expected, 'miss')} as expected`];
}
