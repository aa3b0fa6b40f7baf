/** What of a cell need not run again. Pure: decides from what was read. */
import { BOOTS, isSameTest, type TestId } from '../events.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { isGood, type Verdict } from '../verdict/verdict.ts';
import type { StoredFacts, StoredFile, StoredResult } from './stored-file.ts';

export interface RecalledTest {
  readonly test: TestId;
  readonly result: StoredResult;
}

export interface RecalledCell {
  /** Results that are still valid, in the cell's order. */
  readonly tests: readonly RecalledTest[];
  /** All wanted tests; absent if the tests of some spec file are not known. */
  readonly planned?: readonly TestId[];
  /** What a guest said when `boots` was measured; absent if a guest will say it again. */
  readonly facts?: StoredFacts;
  /** Nothing is left to run in a guest. */
  readonly isWhole: boolean;
}

export interface RecallOptions {
  /** Paths of the cell's spec files below `scenarios/`. */
  readonly files: readonly string[];
  /** What is stored and still valid, by such a path, and for `boots`. */
  readonly stored: ReadonlyMap<string, StoredFile>;
  readonly isWanted: (test: TestId) => boolean;
  /** By today's expectations. */
  readonly isAsExpected: (
    test: TestId,
    result: Pick<StoredResult, 'verdict' | 'signature' | 'findings'>,
  ) => boolean;
  /** Tests that the run itself has results of, from before it was cut off. */
  readonly done: readonly TestId[];
}

export function recallCell(options: RecallOptions): RecalledCell {
  const isDone = (test: TestId): boolean => options.done.some((other) => isSameTest(test, other));
  const boots = recallTests(options, BOOTS.file).filter(({ test }) => !isDone(test));
  const bootResult = boots[0]?.result;
  // A cell that never came up has no other tests.
  if (bootResult !== undefined && !isGood(bootResult.verdict)) {
    return { tests: boots, isWhole: true, ...factsOf(options) };
  }
  const tests = options.files
    .flatMap((file) => recallTests(options, file))
    .filter(({ test }) => !isDone(test));
  const planned = listPlanned(options);
  if (planned === undefined) return { tests, isWhole: false };
  const isLeft = (wanted: TestId): boolean =>
    !isDone(wanted) && !tests.some(({ test }) => isSameTest(wanted, test));
  const hasBoots = bootResult !== undefined || isDone(BOOTS);
  if (!hasBoots || planned.some(isLeft)) return { tests, planned, isWhole: false };
  return { tests: [...boots, ...tests], planned, isWhole: true, ...factsOf(options) };
}

function factsOf({ stored }: RecallOptions): Pick<RecalledCell, 'facts'> {
  return omitUndefined({ facts: stored.get(BOOTS.file)?.facts });
}

function recallTests(
  { stored, isWanted, isAsExpected }: RecallOptions,
  file: string,
): readonly RecalledTest[] {
  const tests = stored.get(file)?.tests ?? [];
  return tests.flatMap(({ title, result }) => {
    const test = { file, title };
    if (result === undefined || (file !== BOOTS.file && !isWanted(test))) return [];
    return isMeasured(result.verdict) && isAsExpected(test, result) ? [{ test, result }] : [];
  });
}

function listPlanned({ files, stored, isWanted }: RecallOptions): readonly TestId[] | undefined {
  const planned: TestId[] = [];
  for (const file of files) {
    const tests = stored.get(file)?.tests;
    if (tests === undefined) return undefined;
    planned.push(...tests.map(({ title }) => ({ file, title })).filter(isWanted));
  }
  return planned;
}

/** An `error` is about the test's own code and its surroundings, and may be gone next time. */
export function isMeasured(verdict: Verdict): boolean {
  return verdict !== 'miss' && verdict !== 'error';
}
