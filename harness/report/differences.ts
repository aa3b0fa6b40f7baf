import type { TestId } from '../events.ts';
import { isSameTest } from '../events.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { Verdict } from '../verdict/verdict.ts';
import type { RunReport, TestReport } from './schema.ts';

/** A test that ended differently in two runs. */
export interface Difference {
  readonly cell: string;
  readonly test: TestId;
  /** Verdict and signature; absent if that run did not have the test. */
  readonly one: Result | undefined;
  readonly other: Result | undefined;
}

export interface Result {
  readonly verdict: Verdict;
  readonly signature?: string;
}

export interface Comparison {
  readonly differences: readonly Difference[];
  /** Tests that one of the runs could not measure. */
  readonly unmeasured: readonly Difference[];
  /** Tests that were measured in both. */
  readonly compared: number;
}

/** Compares two runs of the same plan, test by test: verdicts and signatures. */
export function compareRuns(one: RunReport, other: RunReport): Comparison {
  const pairs = pairTests(one, other);
  const isUnmeasured = (pair: Difference): boolean =>
    pair.one?.verdict === 'miss' || pair.other?.verdict === 'miss';
  const measured = pairs.filter((pair) => !isUnmeasured(pair));
  return {
    differences: measured.filter(
      (pair) =>
        pair.one?.verdict !== pair.other?.verdict || pair.one?.signature !== pair.other?.signature,
    ),
    unmeasured: pairs.filter(isUnmeasured),
    compared: measured.length,
  };
}

function pairTests(one: RunReport, other: RunReport): readonly Difference[] {
  const cells = new Set([...one.cells, ...other.cells].map(({ id }) => id));
  return [...cells].flatMap((cell) => {
    const [left, right] = [one, other].map((run) => testsOf(run, cell)) as [
      readonly TestReport[],
      readonly TestReport[],
    ];
    const extra = right.filter((test) => !left.some((known) => isSameTest(known, test)));
    return [...left, ...extra].map((test) => ({
      cell,
      test: { file: test.file, title: test.title },
      one: resultOf(left, test),
      other: resultOf(right, test),
    }));
  });
}

function testsOf({ cells }: RunReport, id: string): readonly TestReport[] {
  return cells.find((cell) => cell.id === id)?.tests ?? [];
}

function resultOf(tests: readonly TestReport[], wanted: TestId): Result | undefined {
  const test = tests.find((candidate) => isSameTest(candidate, wanted));
  if (test === undefined) return undefined;
  const { verdict, signature } = test;
  return { verdict, ...omitUndefined({ signature }) };
}
