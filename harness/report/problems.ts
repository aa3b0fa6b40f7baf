/** What went wrong in a run and was not expected, each cause once: what a reader has to look at. */
import { VERDICTS, type Verdict } from '../verdict/verdict.ts';
import { keyOfHit, newHitsOf } from './new-hits.ts';
import type { CrashReport, FailureReport, RunReport } from './schema.ts';

export type Hit = CrashReport['hits'][number];

export interface Problem {
  readonly verdict: Verdict;
  readonly group: CrashReport | FailureReport;
  /** Those that were not expected; at least one. */
  readonly hits: readonly Hit[];
  /** It makes the run red under `--fail-on new`; never without a baseline. */
  readonly isNew: boolean;
  /** All that makes it unexpected is that its expectation is no longer valid. */
  readonly isExpired: boolean;
}

/** New ones first, then the worst. */
export function problemsOf(report: RunReport): readonly Problem[] {
  const newHits = newHitsOf(report);
  const expired = expiredHitsOf(report);
  const groups = [...report.crashes, ...report.failures];
  const problems = groups.flatMap((group) => {
    const hits = group.hits.filter(({ isExpected }) => isExpected !== true);
    if (hits.length === 0) return [];
    return [
      {
        verdict: 'class' in group ? group.class : group.verdict,
        ...{ group, hits },
        isNew: hits.some((hit) => newHits.has(keyOfHit(hit))),
        isExpired: hits.every((hit) => expired.has(keyOfHit(hit))),
      },
    ];
  });
  return problems.toSorted((one, other) => rankOf(one) - rankOf(other));
}

function rankOf({ verdict, isNew }: Problem): number {
  return VERDICTS.indexOf(verdict) + (isNew ? 0 : VERDICTS.length);
}

/** What went wrong in a run as the expectations say, each cause once. */
export function knownGroups({
  crashes,
  failures,
}: Pick<RunReport, 'crashes' | 'failures'>): readonly (CrashReport | FailureReport)[] {
  return [...crashes, ...failures].filter(({ hits }) => hits.some(({ isExpected }) => isExpected));
}

function expiredHitsOf({ cells }: RunReport): ReadonlySet<string> {
  return new Set(
    cells.flatMap(({ id: cell, tests }) =>
      tests
        .filter(({ judgement }) => judgement?.status === 'expired')
        .map((test) => keyOfHit({ cell, test })),
    ),
  );
}

/** How many cells are among some hits. */
export function countCells(hits: readonly Pick<Hit, 'cell'>[]): number {
  return new Set(hits.map(({ cell }) => cell)).size;
}
