import { isAsExpected } from '../../../report/expected.ts';
import type { CellReport, RunReport, TestReport } from '../../../report/schema.ts';
import { isGood } from '../../../verdict/verdict.ts';

/** A page with more tests takes too long to open. */
const TESTS_MAX = 12_000;
/** Of what went wrong, so many tests have their evidence on the page. */
const EVIDENCE_MAX = 600;

/** Which tests of a run are on its page: all, unless there are too many of them. */
export interface PageScope {
  /** Those of a cell, in the order in which they ran. */
  testsOf(cell: CellReport): readonly TestReport[];
  /** Its logs are looked at, and quoted where they say what went wrong. */
  hasEvidence(test: TestReport): boolean;
  /** Tests that are not on the page: good ones first, then those that failed as expected. */
  readonly leftOut: number;
}

export interface ScopeLimits {
  readonly testsMax: number;
  readonly evidenceMax: number;
}

export function scopeOf(
  { cells }: Pick<RunReport, 'cells'>,
  { testsMax, evidenceMax }: ScopeLimits = { testsMax: TESTS_MAX, evidenceMax: EVIDENCE_MAX },
): PageScope {
  const count = cells.reduce((sum, { tests }) => sum + tests.length, 0);
  const evidence = new Set(worstOf(cells, evidenceMax));
  const shown = count <= testsMax ? undefined : new Set(worstOf(cells, testsMax));
  return {
    testsOf: ({ tests }) => (shown === undefined ? tests : tests.filter((test) => shown.has(test))),
    hasEvidence: (test) => evidence.has(test),
    leftOut: shown === undefined ? 0 : count - shown.size,
  };
}

/** What was not expected, then what was, up to a number of tests; nothing that is plain. */
function worstOf(cells: readonly CellReport[], most: number): readonly TestReport[] {
  const worst: TestReport[] = [];
  for (const isWanted of [(test: TestReport) => !isAsExpected(test), isKnown]) {
    for (const { tests } of cells) {
      for (const test of tests) {
        if (worst.length === most) return worst;
        if (isWanted(test)) worst.push(test);
      }
    }
  }
  return worst;
}

/** It went wrong as an expectation says, or was tried more than once. */
function isKnown(test: TestReport): boolean {
  return isAsExpected(test) && (!isGood(test.verdict) || test.attempts !== undefined);
}
