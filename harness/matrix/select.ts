import { UsageError } from '../errors.ts';
import type { Cell } from './cell.ts';
import { cellAt, gridOf } from './expand.ts';
import { coverGrid, visitCells } from './grid.ts';
import type { Matrix, Plan, Profile } from './matrix.ts';
import { filterCells, nothingLeft } from './only.ts';
import { listWords, quote } from './problem.ts';
import { suggestName } from './suggest.ts';

/** The profile that is used if none is asked for. */
const DEFAULT_PROFILE = 'quick';

/** Every cell with all scenarios. A profile of that name in the file replaces it. */
const ALL = 'all';

export interface PlanOptions {
  /** A profile of the file, or `all`. Default: `quick`, or `all` if the file has no `quick`. */
  readonly profile?: string | undefined;
  /** Words that a cell must match, all of them: see `filterCells`. */
  readonly only?: readonly string[] | undefined;
}

/**
 * The cells of a profile that match a filter, in the order of the file, each with the scenarios of
 * every selection that names it. Throws a UsageError for an unknown profile, and for a filter that
 * matches nothing.
 */
export function selectCells(matrix: Matrix, { profile, only = [] }: PlanOptions = {}): Plan {
  const everything: Profile = { select: [{ cells: {} }] };
  const profiles = new Map([...matrix.profiles, [ALL, matrix.profiles.get(ALL) ?? everything]]);
  const name = profile ?? (profiles.has(DEFAULT_PROFILE) ? DEFAULT_PROFILE : ALL);
  const chosen = profiles.get(name);
  if (chosen === undefined) throw unknownProfile(name, [...profiles.keys()]);
  const cells = filterCells(cellsOf(matrix, chosen), only, matrix);
  if (cells.length > 0) return { profile: name, cells };
  const elsewhere = [...profiles.keys()].filter((other) => {
    const part = profiles.get(other);
    return part !== undefined && filterCells(cellsOf(matrix, part), only, matrix).length > 0;
  });
  throw nothingLeft(matrix, { profile: name, words: only, elsewhere });
}

function unknownProfile(name: string, known: readonly string[]): UsageError {
  const suggestion = suggestName(name, known);
  const hint = suggestion === undefined ? '' : `did you mean ${quote(suggestion)}? `;
  return new UsageError(`there is no profile ${quote(name)}`, {
    code: 'UNKNOWN_PROFILE',
    remedy: `${hint}The matrix file has ${listWords(known.map(quote), 'and')}`,
  });
}

/** `undefined` stands for all scenarios. */
type Scenarios = ReadonlySet<string> | undefined;

function cellsOf(matrix: Matrix, { select }: Profile): readonly Cell[] {
  const grid = gridOf(matrix);
  const { kept } = coverGrid(grid, matrix.exclude, matrix.include);
  const selected = new Map<number, Scenarios>();
  for (const { cells, scenarios } of select) {
    visitCells(grid, cells, (index) => {
      if (kept[index] !== 1) return;
      const before = selected.get(index);
      const isAll = scenarios === undefined || (selected.has(index) && before === undefined);
      selected.set(index, isAll ? undefined : new Set([...(before ?? []), ...scenarios]));
    });
  }
  return [...selected]
    .sort(([one], [other]) => one - other)
    .map(([index, scenarios]) => ({
      ...cellAt(matrix, grid, index),
      ...(scenarios !== undefined && { scenarios: [...scenarios] }),
    }));
}
