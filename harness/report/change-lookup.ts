import type { BaselineChange } from './baseline-schema.ts';
import { keyOfHit } from './new-hits.ts';
import type { RunReport, TestReport } from './schema.ts';

type Wanted = Pick<TestReport, 'file' | 'title'> & Partial<TestReport>;

/** Looks up what changed in a test since the baseline; undefined if nothing did, or there is none. */
export function createChangeLookup({
  baseline,
}: Pick<RunReport, 'baseline'>): (cell: string, test: Wanted) => BaselineChange | undefined {
  const changes = new Map(
    (baseline?.changes ?? []).flatMap(({ change, hits }) =>
      hits.map((hit) => [keyOfHit(hit), change] as const),
    ),
  );
  return (cell, test) => (changes.size === 0 ? undefined : changes.get(keyOfHit({ cell, test })));
}
