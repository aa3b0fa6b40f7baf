/**
 * Holds a run against its expectations: judges each test, and says what became of each expectation.
 */
import type { RunEvent, TestId } from '../events.ts';
import type { Expectation } from '../expectations/expectation.ts';
import { isAboutCell, type JudgedTest, type Judgement } from '../expectations/judge.ts';
import { buildOf, type Cell } from '../matrix/cell.ts';
import type { CellKey } from '../matrix/grid.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { Finding } from '../verdict/finding.ts';
import { isBelieved } from './confirm-crashes.ts';
import type { CellReport, ExpectationReport, LooseFinding, TestReport } from './schema.ts';
import { whySkipped } from './skipped-cell.ts';

type RunBegin = Extract<RunEvent, { readonly type: 'run-begin' }>;

/** The part of a run that judging needs. */
export interface JudgedRun {
  readonly begin: RunBegin;
  /** Releases of the kernels, by name. */
  readonly releases: ReadonlyMap<string, string>;
  /** Judges by the expectations of the run, as of the day on which it began. */
  readonly judge: (judged: JudgedTest) => Judgement;
  /** The run was neither interrupted nor killed. */
  readonly isWhole: boolean;
}

/** The cell with a judgement on each test, left out where it is plain. */
export function judgeCell(cell: CellReport, run: JudgedRun): CellReport {
  return {
    ...cell,
    tests: cell.tests.map((test) => {
      const judgement = judgeTest(cell, test, run);
      const isPlain = judgement.status === 'as-expected' && judgement.line === undefined;
      return isPlain ? test : { ...test, judgement };
    }),
    findings: cell.findings.map((loose) =>
      isKnownCrash(cell, loose.finding, run) ? { ...loose, isExpected: true as const } : loose,
    ),
  };
}

export function judgeTest(
  cell: Pick<Cell, CellKey | 'build'>,
  { file, title, ...result }: TestId & Pick<JudgedTest, 'verdict' | 'signature' | 'findings'>,
  { releases, judge }: Pick<JudgedRun, 'releases' | 'judge'>,
): Judgement {
  const release = releases.get(buildOf(cell));
  return judge({ cell, release, test: { file, title }, ...result });
}

/** A known crash may occur again after its test was decided: that is nothing new. */
function isKnownCrash(
  cell: CellReport,
  { signature }: Finding,
  { begin, releases }: JudgedRun,
): boolean {
  const today = begin.time.slice(0, 'YYYY-MM-DD'.length);
  return begin.expectations.some(
    (one) =>
      one.signatures?.includes(signature) === true &&
      today <= one.expires &&
      isAboutCell(one, cell, releases.get(buildOf(cell))),
  );
}

/** Crashes beside the one that decided, which the expectation about the test does not list. */
export function unlistedBeside({
  signature,
  judgement,
  findings,
}: Pick<TestReport, 'signature' | 'judgement' | 'findings'>): readonly Finding[] {
  const { unlisted = [] } = judgement ?? {};
  return findings.filter((one) => one.signature !== signature && unlisted.includes(one.signature));
}

/** Crashes outside of tests that no expectation covers. */
export function newLooseCrashes({
  findings,
}: Pick<CellReport, 'findings'>): readonly LooseFinding[] {
  return findings.filter((loose) => loose.isExpected !== true && isBelieved(loose));
}

/** Without a judgement a test is plain: good, and nothing else was expected. */
export function isAsExpected({ judgement }: Pick<TestReport, 'judgement'>): boolean {
  return judgement === undefined || judgement.status === 'as-expected';
}

/** @param cells Judged cells. */
export function reportExpectations(
  cells: readonly CellReport[],
  run: JudgedRun,
): ExpectationReport[] {
  const matches = matchesByLine(cells);
  const isStale = createStaleCheck(cells, run);
  return run.begin.expectations.map((expectation) => {
    const match = matches.get(expectation.line);
    const { where, tests, signatures, ...rest } = expectation;
    return {
      ...rest,
      where: copyLists(where),
      ...omitUndefined({
        tests: tests === undefined ? undefined : [...tests],
        signatures: signatures === undefined ? undefined : [...signatures],
      }),
      status: match?.status ?? (isStale(expectation) ? 'stale' : 'not-looked-at'),
      matched: match?.tests ?? 0,
    };
  });
}

interface Match {
  tests: number;
  status: 'met' | 'not-met' | 'expired';
}

/** What became of each expectation that is about a test, by its line. */
function matchesByLine(cells: readonly CellReport[]): ReadonlyMap<number, Match> {
  const matches = new Map<number, Match>();
  for (const { tests } of cells) {
    for (const test of tests) {
      const { line, status } = test.judgement ?? {};
      if (line === undefined) continue;
      const match = matches.get(line) ?? { tests: 0, status: 'met' };
      matches.set(line, match);
      match.tests += 1;
      if (status === 'expired') match.status = 'expired';
      else if (!isAsExpected(test) && match.status === 'met') match.status = 'not-met';
    }
  }
  return matches;
}

/**
 * Whether an expectation that matched nothing should have: every test that it could be about was
 * looked at.
 */
function createStaleCheck(
  cells: readonly CellReport[],
  { begin, releases, isWhole }: JudgedRun,
): (expectation: Expectation) => boolean {
  if (!isWhole || begin.isFiltered) return () => false;
  const restricted = new Set(
    begin.cells.filter(({ scenarios }) => scenarios !== undefined).map(({ id }) => id),
  );
  const isLookedAt = ({ id, tests }: CellReport): boolean =>
    !restricted.has(id) && tests.every(({ verdict }) => verdict !== 'miss');
  const isSkipped = (cell: CellReport): boolean => whySkipped(cell) !== undefined;
  return (expectation) => {
    const about = cells.filter((cell) =>
      isAboutCell(expectation, cell, releases.get(buildOf(cell))),
    );
    if (about.length > 0) return about.every((cell) => isLookedAt(cell) && !isSkipped(cell));
    // Another host might run a cell that was skipped; that the expectation is not about it is known here.
    const isKnown = (cell: CellReport): boolean =>
      isLookedAt(cell) && (!isSkipped(cell) || releases.has(buildOf(cell)));
    return begin.isWholeMatrix && cells.every(isKnown);
  };
}

function copyLists(where: Expectation['where']): ExpectationReport['where'] {
  return Object.fromEntries(Object.entries(where).map(([axis, words]) => [axis, [...words]]));
}
