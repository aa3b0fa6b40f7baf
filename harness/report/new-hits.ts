/**
 * What makes a run red under `--fail-on new`, and what every report calls new: one rule, so that no run is red for
 * what its reports do not show. See docs/baselines.md.
 */
import { ALL_TESTS, isSameTest, NOTHING_RAN, type TestId } from '../events.ts';
import type { BaselineReport, ChangeReport } from './baseline-schema.ts';
import type { RunReport } from './schema.ts';

/**
 * What is new or changed and that no expectation covers; and what was measured in the baseline and is a miss
 * now, which must not look like a pass.
 */
export function newHits({ change, now, hits }: ChangeReport): ChangeReport['hits'] {
  const counts = change === 'new' || change === 'changed' || now?.verdict === 'miss';
  return counts ? hits.filter(({ isExpected }) => isExpected !== true) : [];
}

export function countNew({ changes }: Pick<BaselineReport, 'changes'>): number {
  return changes.reduce((sum, change) => sum + newHits(change).length, 0);
}

/**
 * All of them by `keyOfHit`. The miss that stands for tests of a cell is among them if such a test is: it is what the
 * report has of them.
 */
export function newHitsOf({
  baseline,
  cells,
}: Pick<RunReport, 'baseline' | 'cells'>): ReadonlySet<string> {
  const changes = baseline?.changes ?? [];
  const keys = new Set(changes.flatMap((change) => newHits(change).map(keyOfHit)));
  const losing = new Set(
    changes
      .filter(({ change }) => change === 'lost')
      .flatMap((change) => newHits(change).map(({ cell }) => cell)),
  );
  if (losing.size === 0) return keys;
  for (const { id: cell, tests } of cells) {
    if (!losing.has(cell)) continue;
    for (const test of tests.filter(standsForOthers)) keys.add(keyOfHit({ cell, test }));
  }
  return keys;
}

function standsForOthers(test: TestId): boolean {
  return isSameTest(test, ALL_TESTS) || isSameTest(test, NOTHING_RAN);
}

/** @param hit Without a test: a crash outside of tests. */
export function keyOfHit({
  cell,
  test,
}: {
  readonly cell: string;
  readonly test?: TestId;
}): string {
  return [cell, test?.file ?? '', test?.title ?? ''].join('\n');
}
