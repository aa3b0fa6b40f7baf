import { VERDICTS, type Verdict } from '../verdict/verdict.ts';
import { isAsExpected, newLooseCrashes } from './expected.ts';
import { countNew, keyOfHit, newHitsOf } from './new-hits.ts';
import type { CellReport, RunReport, TestReport } from './schema.ts';

/**
 * The outcome of a run: `good` exactly when everything came as expected, or, if it is to fail only on
 * what is new, when nothing is new since its baseline; `incomplete` if that is so of all that ran before
 * the run's time budget ended.
 */
export type Outcome = 'good' | 'bad' | 'incomplete' | 'unmeasured' | 'interrupted';

export function outcomeOf({
  interrupted,
  stopped,
  totals,
  cells,
  expectations,
  failOn,
  baseline,
}: Pick<
  RunReport,
  'interrupted' | 'stopped' | 'totals' | 'cells' | 'expectations' | 'failOn' | 'baseline'
>): Outcome {
  if (interrupted && stopped === undefined) return 'interrupted';
  const isOnlyNew = failOn === 'new' && baseline !== undefined;
  // A finding outside of all tests is a measurement, and a bad one.
  const hasCrashed = cells.some((cell) => newLooseCrashes(cell).length > 0);
  if (hasCrashed && !isOnlyNew) return 'bad';
  // Every test that should have run is a miss, or its whole cell was skipped.
  const isNothing = VERDICTS.every((verdict) => isUnmeasured(verdict) || !totals[verdict]);
  if (isNothing && !hasCrashed) return 'unmeasured';
  const isBad = isOnlyNew ? countNew(baseline) > 0 : hasUnexpected({ cells, expectations });
  if (isBad) return 'bad';
  return stopped === undefined ? 'good' : 'incomplete';
}

function isUnmeasured(verdict: Verdict): boolean {
  return verdict === 'miss' || verdict === 'skip';
}

function hasUnexpected({ cells, expectations }: Pick<RunReport, 'cells' | 'expectations'>) {
  return expectations.some(({ status }) => status === 'stale') || countUnexpected(cells) > 0;
}

/**
 * Tests that did not come as expected, `miss` among them; without those that the run did not come to.
 */
export function countUnexpected(cells: readonly CellReport[]): number {
  return countTests(cells, (test) => !isAsExpected(test) && !isStopped(test));
}

/** Those of them that the baseline had in the same way: under `--fail-on new` they turn nothing red. */
export function countOlder(report: Pick<RunReport, 'cells' | 'baseline'>): number {
  const fresh = newHitsOf(report);
  const older = report.cells.flatMap(({ id: cell, tests }) =>
    tests.filter(
      (test) => !(isAsExpected(test) || isStopped(test) || fresh.has(keyOfHit({ cell, test }))),
    ),
  );
  return older.length;
}

/** Cells of which not all tests ran, because the run's bounds stopped it. */
export function countStopped(cells: readonly CellReport[]): number {
  return cells.filter(({ tests }) => tests.some(isStopped)).length;
}

/** A signal, the run's bounds or the end of kmx kept it from running, or from ending. */
export function isStopped({ detail }: Pick<TestReport, 'detail'>): boolean {
  return detail?.missKind === 'stopped';
}

function countTests(
  cells: readonly CellReport[],
  isCounted: (test: TestReport) => boolean,
): number {
  return cells.reduce((sum, { tests }) => sum + tests.filter(isCounted).length, 0);
}
