import { UsageError } from '../errors.ts';
import type { Cell, NamedCell } from './cell.ts';
import { axesOf, expandMatrix } from './expand.ts';
import { CELL_KEYS } from './grid.ts';
import type { Matrix } from './matrix.ts';
import { matchesWildcard } from './patterns.ts';
import { listWords, quote } from './problem.ts';
import { suggestName } from './suggest.ts';

/**
 * The cells that match every word of `--only`. A word that is a name on some axis (`v1`, `guarded`)
 * matches only that name; one with `*` must match the whole cell id (`*6.12*+v1+*`); any other must
 * be part of the id, numbers taken whole: `6.1` is not in `debian-6.12`.
 */
export function filterCells(
  cells: readonly Cell[],
  words: readonly string[],
  matrix: Matrix,
): readonly Cell[] {
  const names = new Set(namesOf(matrix));
  return words.reduce((left, word) => left.filter(matcherOf(word, names)), cells);
}

function namesOf(matrix: Matrix): readonly string[] {
  const axes = axesOf(matrix);
  return CELL_KEYS.flatMap((key) => axes[key]);
}

/** Not inside a number. */
const EDGE = '(?<!\\d(?=\\d))';

/** Whether a cell matches one word: see `filterCells`. */
export function matcherOf(word: string, names: ReadonlySet<string>): (cell: NamedCell) => boolean {
  if (names.has(word)) return (cell) => CELL_KEYS.some((key) => cell[key] === word);
  if (word.includes('*')) return ({ id }) => matchesWildcard(id, word);
  const pattern = new RegExp(`${EDGE}${RegExp.escape(word)}${EDGE}`);
  return ({ id }) => pattern.test(id);
}

export interface EmptyFilter {
  readonly profile: string;
  readonly words: readonly string[];
  /** The profiles that have matching cells. */
  readonly elsewhere: readonly string[];
}

/** Says why a filter matches none of a profile's cells, and what would match. */
export function nothingLeft(
  matrix: Matrix,
  { profile, words, elsewhere }: EmptyFilter,
): UsageError {
  const code = 'ONLY_MATCHES_NOTHING';
  const cells = expandMatrix(matrix);
  const useless = words.find((word) => filterCells(cells, [word], matrix).length === 0);
  if (useless !== undefined) {
    return new UsageError(`no cell matches --only ${quote(useless)}`, {
      code,
      remedy: `${suggestWord(useless, matrix)}a word is part of a cell's id, as in ${cells[0]?.id}; put words of a test's title after a colon: ${quote(`:${useless}`)}`,
    });
  }
  const filter = words.map((word) => `--only ${quote(word)}`).join(' ');
  if (elsewhere.length > 0) {
    return new UsageError(`no cell of the profile ${quote(profile)} matches ${filter}`, {
      code,
      remedy: `try another profile: ${listWords(elsewhere.map((name) => `--profile ${name}`))}`,
    });
  }
  return new UsageError(`no cell matches ${filter}`, {
    code,
    remedy: 'each word matches cells, but no cell matches all of them: give fewer words',
  });
}

/**
 * Names that resemble a word, in whole or in one of their parts: `6.13` is close to `debian-6.12`.
 */
function suggestWord(word: string, matrix: Matrix): string {
  const names = namesOf(matrix);
  const near = suggestName(word, [...names, ...names.flatMap((name) => name.split('-'))]);
  if (near === undefined) return '';
  return `did you mean ${listWords(names.filter((name) => name.includes(near)).map(quote))}? `;
}
