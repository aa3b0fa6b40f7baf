/** Tests that a run did not come to, because it was cut off: how many, and why, is all there is to say of them. */
import { keyOfHit } from './new-hits.ts';
import { isStopped } from './outcome.ts';
import type { FailureReport, RunReport } from './schema.ts';

interface Group {
  readonly hits: readonly FailureReport['hits'][number][];
}

/** Tells what went wrong from tests that did not run, or not to their end: those have groups of their own. */
export function createUnrunCheck({ cells }: Pick<RunReport, 'cells'>): (group: Group) => boolean {
  const keys = new Set(
    cells.flatMap(({ id: cell, tests }) =>
      tests.filter(isStopped).map((test) => keyOfHit({ cell, test })),
    ),
  );
  return ({ hits }) => hits.length > 0 && hits.every((hit) => keys.has(keyOfHit(hit)));
}

/**
 * `2 of 92 tests ran`; nothing is said of how they ended.
 * @param sayNumber How large numbers are written.
 */
export function describeRan(
  { cells }: Pick<RunReport, 'cells'>,
  sayNumber: (number: number) => string = String,
): string {
  const ran = countRan(cells);
  const all = cells.reduce((sum, { tests }) => sum + tests.length, 0);
  const of = `${sayNumber(all)} ${all === 1 ? 'test' : 'tests'}`;
  return ran === 0 ? `none of ${of} ran` : `${sayNumber(ran)} of ${of} ran`;
}

/** `2 of 92 tests ran, both as expected`, for a run in which nothing else happened. */
export function describeAllRan(
  report: Pick<RunReport, 'cells'>,
  sayNumber: (number: number) => string = String,
): string {
  const ran = countRan(report.cells);
  const how = ['', ', as expected', ', both as expected'][ran] ?? ', all as expected';
  return `${describeRan(report, sayNumber)}${how}`;
}

/** Of a run that has measured nothing: `all missed`, `all skipped`, `all missed or skipped`. */
export function describeUnmeasured({ totals }: Pick<RunReport, 'totals'>): string {
  const { miss = 0, skip = 0 } = totals;
  if (skip === 0) return 'all missed';
  return miss === 0 ? 'all skipped' : 'all missed or skipped';
}

function countRan(cells: RunReport['cells']): number {
  return cells.reduce((sum, { tests }) => sum + tests.filter((test) => !isStopped(test)).length, 0);
}
