/** What a user asks for → columns of cells. */
import { UsageError } from '../errors.ts';
import { CELL_KEYS, type CellKey } from '../matrix/grid.ts';
import { matcherOf } from '../matrix/only.ts';
import { listWords, quote } from '../matrix/problem.ts';
import { suggestName } from '../matrix/suggest.ts';
import type { ColumnCells, Selected } from './columns.ts';
import type { ComparedCell, ComparedRun } from './compared-run.ts';
import type { ComparedAxis } from './comparison.ts';

export type CellAxis = Exclude<ComparedAxis, 'run'>;

/** More columns than this nobody can compare. */
const COLUMNS_MAX = 24;

/**
 * Columns of one run's cells, one for each argument: `6.12+default+v1+unguarded`, `debian-6.1`, `"6.12 v1"`.
 * What the arguments name differently is what is compared; an argument that names several kernels
 * becomes a column for each. Throws a UsageError that says what there is.
 * @param only Words that every cell must match.
 */
export function selectCells(
  run: ComparedRun,
  args: readonly string[],
  only: readonly string[],
): Selected {
  const cells = filterCells(run, run.cells, only);
  if (args.length < 2) {
    throw new UsageError(`compare needs two or more columns, found ${args.length}`, {
      code: 'COMPARE_TOO_FEW',
      remedy: `name cells of the run (${describeAxes(run)}), or an axis with --by`,
    });
  }
  const parts = args.map((argument) => filterCells(run, cells, splitWords(argument)));
  const axes = CELL_KEYS.filter((axis) => isToldApart(parts, axis));
  if (axes.length === 0) {
    throw new UsageError(`${listWords(args.map(quote), 'and')} have cells in common`, {
      code: 'COMPARE_SAME',
      remedy: `name cells that differ in something: ${describeAxes(run)}`,
    });
  }
  return selectedBy(run, parts.flat(), axes);
}

/**
 * A column for each value of an axis. Words that match values of that axis select them, all others narrow
 * down the cells.
 */
export function selectAxis(run: ComparedRun, axis: CellAxis, words: readonly string[]): Selected {
  const values = [...new Set(run.cells.map((cell) => cell[axis]))];
  const names = namesOf(run);
  const chosen = new Set<string>();
  const filters = words.filter((word) => {
    const own = values.filter((value) => isValue(value, word, names));
    for (const value of own) chosen.add(value);
    return own.length === 0;
  });
  const cells = filterCells(run, run.cells, filters).filter(
    (cell) => chosen.size === 0 || chosen.has(cell[axis]),
  );
  const left = new Set(cells.map((cell) => cell[axis]));
  if (left.size < 2) {
    throw new UsageError(`there is only one ${axis} to compare: ${[...left].join(', ')}`, {
      code: 'COMPARE_TOO_FEW',
      remedy: `the run has ${describeAxes(run)}`,
    });
  }
  return selectedBy(run, cells, [axis]);
}

/** The same cells of several runs, a column for each run. */
export function selectRuns(runs: readonly ComparedRun[], only: readonly string[]): Selected {
  const columns = runs.map((run, index) => ({
    name: isFirstOf(runs, index) ? run.id : `${run.id} (${index + 1})`,
    run,
    cells: filterAny(run, only),
  }));
  if (columns.every(({ cells }) => cells.length === 0)) {
    throw unmatched(runs[0] as ComparedRun, only);
  }
  return { axes: ['run'], columns, runs };
}

function isFirstOf(runs: readonly ComparedRun[], index: number): boolean {
  return runs.findIndex(({ id }) => id === runs[index]?.id) === index;
}

function selectedBy(
  run: ComparedRun,
  cells: readonly ComparedCell[],
  axes: readonly CellAxis[],
): Selected {
  const nameOf = (cell: ComparedCell): string => axes.map((axis) => cell[axis]).join(' ');
  const columns = [...Map.groupBy(new Set(cells), nameOf)].map(
    ([name, own]): ColumnCells => ({ name, run, cells: own }),
  );
  if (columns.length > COLUMNS_MAX) {
    throw new UsageError(`${columns.length} columns are too many to compare`, {
      code: 'COMPARE_TOO_MANY',
      remedy: `name at most ${COLUMNS_MAX}: ${axes.join(' and ')} of the cells differ`,
    });
  }
  return { axes, columns, runs: [run] };
}

/** Whether two of the arguments have no value of an axis in common. */
function isToldApart(parts: readonly (readonly ComparedCell[])[], axis: CellKey): boolean {
  const sets = parts.map((part) => new Set<string>(part.map((cell) => cell[axis])));
  return sets.some((one, index) =>
    sets.slice(index + 1).some((other) => one.isDisjointFrom(other)),
  );
}

function splitWords(argument: string): readonly string[] {
  return argument.split(/[+\s]+/).filter((word) => word !== '');
}

function filterAny({ cells, ...run }: ComparedRun, words: readonly string[]) {
  const names = namesOf({ ...run, cells });
  return words.reduce((left, word) => left.filter(matcherOf(word, names)), cells);
}

function filterCells(
  run: ComparedRun,
  cells: readonly ComparedCell[],
  words: readonly string[],
): readonly ComparedCell[] {
  const names = namesOf(run);
  const left = words.reduce((rest, word) => rest.filter(matcherOf(word, names)), cells);
  if (left.length === 0) throw unmatched(run, words);
  return left;
}

function namesOf({ cells }: Pick<ComparedRun, 'cells'>): ReadonlySet<string> {
  return new Set(cells.flatMap((cell) => CELL_KEYS.map((key) => cell[key])));
}

function isValue(value: string, word: string, names: ReadonlySet<string>): boolean {
  if (names.has(word)) return value === word;
  const cell = {
    id: value,
    kernel: value,
    config: '',
    cgroup: 'v1',
    agent: '',
    machine: '',
  } as const;
  return matcherOf(word, new Set())(cell);
}

function unmatched(run: ComparedRun, words: readonly string[]): UsageError {
  const names = namesOf(run);
  const useless = words.find((word) => !run.cells.some(matcherOf(word, names)));
  const code = 'COMPARE_MATCHES_NOTHING';
  if (useless === undefined) {
    return new UsageError(
      `no cell of the run ${run.id} matches all of ${words.map(quote).join(' ')}`,
      {
        code,
        remedy: `it has ${describeAxes(run)}, not in every combination`,
      },
    );
  }
  const near = suggestName(useless, [...names]);
  const hint = near === undefined ? '' : `did you mean ${quote(near)}? `;
  return new UsageError(`no cell of the run ${run.id} matches ${quote(useless)}`, {
    code,
    remedy: `${hint}it has ${describeAxes(run)}`,
  });
}

/** `kernel debian-6.1 and debian-6.12; config …`; a machine that is the only one says nothing. */
function describeAxes({ cells }: Pick<ComparedRun, 'cells'>): string {
  return CELL_KEYS.flatMap((axis) => {
    const values = [...new Set(cells.map((cell) => cell[axis]))];
    return axis === 'machine' && values.length < 2 ? [] : [`${axis} ${listWords(values, 'and')}`];
  }).join('; ');
}
