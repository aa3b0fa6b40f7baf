import { isAsExpected } from '../../../report/expected.ts';
import { keyOfHit, newHitsOf } from '../../../report/new-hits.ts';
import type { CellReport, ExpectationReport, TestReport } from '../../../report/schema.ts';
import { isGood } from '../../../verdict/verdict.ts';
import type { ReportContext } from '../report-context.ts';
import { type Neighbours, neighboursOf } from './neighbours.ts';
import { type PageScope, scopeOf } from './page-scope.ts';

/** What cells are rendered from, worked out once for all of them. */
export interface CellContext extends ReportContext {
  readonly scope: PageScope;
  readonly neighbours: Neighbours;
  /** Results that are new since the baseline, by `keyOfHit`. */
  readonly newHits: ReadonlySet<string>;
  /** By line. */
  readonly expectations: ReadonlyMap<number, ExpectationReport>;
  /** A test that took at least this long is among the slowest. */
  readonly slowMs: number;
}

export function cellContext(context: ReportContext): CellContext {
  const { report } = context;
  return {
    ...context,
    scope: scopeOf(report),
    neighbours: neighboursOf(report),
    newHits: newHitsOf(report),
    expectations: new Map(report.expectations.map((one) => [one.line, one])),
    slowMs: slowMsOf(report.cells),
  };
}

/** One in so many tests is called slow. */
const SLOW_OF = 20;
/** However quick the others are, nobody has to look at a test that takes less. */
const SLOW_MIN_MS = 1000;

function slowMsOf(cells: readonly CellReport[]): number {
  const durations: number[] = [];
  for (const { tests } of cells) for (const { durationMs } of tests) durations.push(durationMs);
  durations.sort((one, other) => other - one);
  return Math.max(SLOW_MIN_MS, durations[Math.floor(durations.length / SLOW_OF)] ?? 0);
}

/** What readers filter by, beside verdicts and axes. */
export type TestTrait = 'new' | 'unexpected' | 'known' | 'flaky' | 'cached' | 'slow';

export function traitsOf(
  cell: string,
  test: TestReport,
  { newHits, slowMs }: Pick<CellContext, 'newHits' | 'slowMs'>,
): readonly TestTrait[] {
  const { file, title, verdict, isFlaky, cached, durationMs } = test;
  const isKnown = isAsExpected(test) && !isGood(verdict);
  const isNew = newHits.has(keyOfHit({ cell, test: { file, title } }));
  const isUnexpected = isNew || !isAsExpected(test);
  const has: Readonly<Record<TestTrait, boolean>> = {
    new: isNew,
    unexpected: isUnexpected,
    known: isKnown && !isUnexpected,
    flaky: isFlaky === true,
    cached: cached !== undefined,
    slow: cached === undefined && durationMs >= slowMs,
  };
  return (Object.keys(has) as TestTrait[]).filter((trait) => has[trait]);
}
