/** The results of a baseline in the form of an event: each test and each result once. */
import type { BaselineCell, BaselineFacts, StandingResult, TestId } from '../events.ts';
import { type StandingTest, splitTestKey, testKey } from './standing-results.ts';

export type PackedResults = Pick<BaselineFacts, 'tests' | 'results' | 'cells'>;

/** Results by the key of their test. */
export type ResultsByTest = ReadonlyMap<string, StandingResult>;

export function packResults(
  cells: Iterable<{ readonly id: string; readonly tests: readonly StandingTest[] }>,
): PackedResults {
  const tests = new Numbers<TestId>();
  const results = new Numbers<StandingResult>();
  const packed: BaselineCell[] = [];
  for (const cell of cells) {
    const byResult = new Map<number, number[]>();
    for (const { key, ...result } of cell.tests) {
      const isPlain = result.verdict === 'pass' && result.signature === undefined && !result.beside;
      const number = results.of(isPlain ? '' : JSON.stringify(result), () => result);
      const test = tests.of(key, () => splitTestKey(key));
      const having = byResult.get(number);
      if (having === undefined) byResult.set(number, [number, test]);
      else having.push(test);
    }
    packed.push({ id: cell.id, results: [...byResult.values()] });
  }
  return { tests: tests.all, results: results.all, cells: packed };
}

/** By the id of a cell. Numbers of nothing, which kmx does not write, are left out. */
export function unpackResults(packed: PackedResults): ReadonlyMap<string, ResultsByTest> {
  const keys = packed.tests.map(({ file, title }) => testKey(file, title));
  return new Map(
    packed.cells.map(({ id, results }) => {
      const byTest = new Map<string, StandingResult>();
      for (const [number = -1, ...tests] of results) {
        const result = packed.results[number];
        for (const test of tests) {
          const key = keys[test];
          if (key !== undefined && result !== undefined) byTest.set(key, result);
        }
      }
      return [id, byTest] as const;
    }),
  );
}

/** Numbers values from 0, in the order in which they come first. */
class Numbers<T> {
  readonly #numbers = new Map<string, number>();
  readonly all: T[] = [];

  of(key: string, value: () => T): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.all.length;
    this.all.push(value());
    this.#numbers.set(key, number);
    return number;
  }
}
