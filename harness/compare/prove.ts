/** What a run's own cells prove. */

import { OUTSIDE_TESTS } from '../report/standing-results.ts';
import type { Verdict } from '../verdict/verdict.ts';
import type { Proof } from './advice.ts';
import type { ComparedCell } from './compared-run.ts';
import { failuresOf } from './failures.ts';

/**
 * Whether what fails in one cell passes in another, in which nothing fails; `undefined`: nothing of it passes,
 * or some of it was not measured.
 */
export function prove(cell: ComparedCell, other: ComparedCell): Proof | undefined {
  const verdicts = verdictsIn(other, cell);
  if (!isMeasured(verdicts) || !verdicts.includes('pass')) return undefined;
  const pass = other.tests.filter(
    ({ key, verdict }) => verdict === 'pass' && key !== OUTSIDE_TESTS,
  ).length;
  return { cell: cell.id, by: other.id, pass, ran: pass };
}

/** Whether a cell in which nothing fails has an answer for all that fails in another: then it need not be run again. */
export function answersFor(other: ComparedCell, cell: ComparedCell): boolean {
  return isMeasured(verdictsIn(other, cell));
}

/** Of the tests that fail in a cell; `undefined` for those that another does not have. */
function verdictsIn(other: ComparedCell, cell: ComparedCell): readonly (Verdict | undefined)[] {
  const tests = new Map(other.tests.map((test) => [test.key, test.verdict]));
  return failuresOf(cell).map(({ key }) => tests.get(key));
}

function isMeasured(verdicts: readonly (Verdict | undefined)[]): boolean {
  return verdicts.every((verdict) => verdict === 'pass' || verdict === 'skip');
}
