import type { TestReport } from '../report/schema.ts';

type Cached = Pick<TestReport, 'cached'>;

/**
 * `30 cached from 20261124-161209-0ae5`, or the number of runs they come from and the latest of
 * these; undefined if none is cached.
 */
export function describeCached(tests: readonly Cached[]): string | undefined {
  const cached = tests.flatMap((test) => (test.cached === undefined ? [] : [test.cached]));
  const runs = new Set(cached.map(({ run }) => run));
  const times = cached.toSorted((one, other) => Date.parse(other.time) - Date.parse(one.time));
  const [last] = times;
  if (last === undefined) return undefined;
  const from = runs.size === 1 ? last.run : `${runs.size} runs, the last ${last.run}`;
  return `${cached.length} cached from ${from}`;
}
