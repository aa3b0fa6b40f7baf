/** A cell in a word: what a map of the matrix shows of it. */
import { isGood, VERDICTS, type Verdict, worstVerdict } from '../verdict/verdict.ts';
import { isAsExpected, newLooseCrashes } from './expected.ts';
import type { CellReport } from './schema.ts';
import { whySkipped } from './skipped-cell.ts';

export interface CellState {
  /** Of what was not expected the worst; if all was, the cell's. */
  readonly verdict: Verdict;
  /** `known`: it went wrong as expected. `surprise`: it passes, and was expected to fail. */
  readonly kind: 'good' | 'known' | 'bad' | 'surprise';
  /** So many tests have this verdict; 0 for a crash outside of tests, and for a cell that was skipped. */
  readonly number: number;
  /** Beside it, what else was not expected, and of how many tests; the worst first. */
  readonly beside: readonly { readonly verdict: Verdict; readonly number: number }[];
  /** So many tests were not skipped. */
  readonly ran: number;
  readonly skipped: number;
  readonly isFlaky: boolean;
  /** All its results are from earlier runs. */
  readonly isCached: boolean;
}

export function cellStateOf(cell: CellReport): CellState {
  const { tests, totals } = cell;
  const unexpected = tests.filter((test) => !isAsExpected(test));
  const loose = newLooseCrashes(cell).map(({ finding }) => finding.class);
  const isRed = unexpected.length > 0 || loose.length > 0;
  const verdict = isRed
    ? worstOf([...unexpected.map((test) => test.verdict), ...loose])
    : cell.verdict;
  const about = isRed ? unexpected : tests;
  const skipped = totals.skip ?? 0;
  return {
    verdict,
    kind: kindOf(verdict, isRed),
    // How many tests it would have had, nobody knows.
    number:
      whySkipped(cell) === undefined ? about.filter((test) => test.verdict === verdict).length : 0,
    beside: VERDICTS.flatMap((one) => {
      const number = unexpected.filter((test) => test.verdict === one).length;
      return one === verdict || number === 0 ? [] : [{ verdict: one, number }];
    }),
    ran: tests.length - skipped,
    skipped,
    isFlaky: tests.some(({ isFlaky }) => isFlaky),
    isCached: tests.length > 0 && tests.every(({ cached }) => cached !== undefined),
  };
}

function worstOf(classes: readonly string[]): Verdict {
  const verdicts = new Set(classes);
  return worstVerdict(VERDICTS.filter((verdict) => verdicts.has(verdict)));
}

function kindOf(verdict: Verdict, isRed: boolean): CellState['kind'] {
  if (isGood(verdict)) return isRed ? 'surprise' : 'good';
  return isRed ? 'bad' : 'known';
}
