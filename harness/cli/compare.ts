import type { Change } from '../compare/changes.ts';
import type { Selected } from '../compare/columns.ts';
import { compare as compareColumns } from '../compare/compare.ts';
import type { Comparison } from '../compare/comparison.ts';
import { createKnowledge, type Knowledge } from '../compare/knowledge.ts';
import { type CellAxis, selectAxis, selectCells, selectRuns } from '../compare/select-columns.ts';
import { UsageError } from '../errors.ts';
import type { Cell } from '../matrix/cell.ts';
import { axesOf, expandMatrix } from '../matrix/expand.ts';
import { countCells } from '../matrix/grid.ts';
import type { Matrix } from '../matrix/matrix.ts';
import { renderComparison } from '../reporters/comparison/terminal.ts';
import { jsonPieces } from '../reporters/json-pieces.ts';
import { colorsFor } from './colors.ts';
import { commandLine } from './command-line.ts';
import { readComparedRun } from './compared-run.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { loadMatrixIfThere } from './load-matrix.ts';
import { loadNeeds } from './load-needs.ts';

export interface CompareOptions {
  readonly matrix: string;
  readonly out: string;
  readonly from: string;
  readonly by?: CellAxis;
  readonly only?: readonly string[];
  readonly runs?: readonly string[];
  readonly all?: boolean;
  readonly json?: boolean;
  readonly markdown?: boolean;
  readonly html?: string;
  readonly failOn?: Change;
}

/** Where nothing says how wide a line may be. */
const FILE_WIDTH = 200;

/** Prints what differs. Exit code 1 if anything does, or only if what `--fail-on` names does. */
export async function compare(args: readonly string[], options: CompareOptions): Promise<number> {
  const matrix = loadMatrixIfThere(options.matrix);
  const comparison = compareColumns(select(args, options), {
    knowledge: loadKnowledge(options.matrix, matrix),
    isAll: options.all === true,
    withSame: options.html !== undefined,
    ...(matrix === undefined ? {} : { matrixCells: () => cellsOf(matrix) }),
  });
  await show(comparison, options);
  return exitCodeOf(comparison, options.failOn);
}

function select(args: readonly string[], options: CompareOptions): Selected {
  const { out, from, by, runs, only = [] } = options;
  if (runs !== undefined) {
    if (by !== undefined) {
      throw new UsageError('--by compares the cells of one run, and --runs compares runs', {
        code: 'COMPARE_OPTIONS',
        remedy: 'leave one of them out; to narrow down the cells, name words of their ids',
      });
    }
    if (runs.length < 2) {
      throw new UsageError(`--runs needs two or more runs, found ${runs.length}`, {
        code: 'COMPARE_TOO_FEW',
        remedy: 'for example: --runs last-but-one latest',
      });
    }
    return selectRuns(
      runs.map((name) => readComparedRun(out, name)),
      [...args, ...only],
    );
  }
  const run = readComparedRun(out, from);
  return by === undefined ? selectCells(run, args, only) : selectAxis(run, by, [...args, ...only]);
}

function loadKnowledge(file: string, matrix: Matrix | undefined): Knowledge {
  const { features, agents } = loadNeeds({ matrix: file });
  const guards = [...(matrix?.agents ?? [])].flatMap(([name, source]) =>
    source.kind === 'reference' ? [[name, source.guard] as const] : [],
  );
  return createKnowledge(features, agents, new Map(guards));
}

/** In a larger matrix, cells that would decide are not looked for. */
const MATRIX_CELLS_MAX = 10_000;

function cellsOf(matrix: Matrix): readonly Cell[] {
  return countCells(axesOf(matrix)) > MATRIX_CELLS_MAX ? [] : expandMatrix(matrix);
}

async function show(comparison: Comparison, { html, json, all }: CompareOptions): Promise<void> {
  const { stdout } = process;
  if (html !== undefined) {
    const { writeComparePage } = await import('./write-page.ts');
    await writeComparePage(comparison, html);
    stdout.write(`${html}\n`);
    return;
  }
  if (json === true) {
    for (const piece of jsonPieces(comparison)) stdout.write(piece);
    stdout.write('\n');
    return;
  }
  const text = renderComparison(comparison, {
    colors: colorsFor(stdout, process.env),
    width: stdout.columns || FILE_WIDTH,
    isAll: all === true,
    command: (words) => commandLine(words, process.env),
  });
  stdout.write(text);
}

function exitCodeOf({ groups, config }: Comparison, failOn: Change | undefined): number {
  const differs =
    failOn === undefined
      ? groups.length > 0 || config.length > 0
      : groups.some(({ changes }) => changes.includes(failOn));
  return differs ? EXIT_CODES.bad : EXIT_CODES.good;
}
