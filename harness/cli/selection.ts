import type { Matrix, Plan } from '../matrix/matrix.ts';
import { selectCells } from '../matrix/select.ts';

export interface SelectionOptions {
  readonly profile?: string;
  readonly only?: readonly string[];
}

/** `--only 6.12 v1 ":CPU quota"`: words for cells, and after a colon words for tests. */
export function select(
  matrix: Matrix,
  { profile, only = [] }: SelectionOptions,
): { readonly plan: Plan; readonly testFilter?: string } {
  const cellWords = only.map((word) => word.split(':', 1)[0] ?? '').filter((word) => word !== '');
  const testWords = only
    .filter((word) => word.includes(':'))
    .map((word) => word.slice(word.indexOf(':') + 1));
  const plan = selectCells(matrix, { profile, only: cellWords });
  return testWords.length === 0 ? { plan } : { plan, testFilter: testWords.join(' ') };
}
