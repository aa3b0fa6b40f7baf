import { createKnowledge, type Knowledge } from '../compare/knowledge.ts';
import type { Cell } from '../matrix/cell.ts';
import { expandMatrix, gridOf } from '../matrix/expand.ts';
import { countCells } from '../matrix/grid.ts';
import type { Matrix } from '../matrix/matrix.ts';
import { loadNeeds } from './load-needs.ts';

/** @param file The matrix file, whether or not it is there: a folder of needs may lie beside it. */
export function loadKnowledge(file: string, matrix: Matrix | undefined): Knowledge {
  const { features, agents } = loadNeeds({ matrix: file });
  const guards = [...(matrix?.agents ?? [])].flatMap(([name, source]) =>
    source.kind === 'reference' ? [[name, source.guard] as const] : [],
  );
  return createKnowledge(features, agents, new Map(guards));
}

/** In a larger matrix, cells that were not run are not looked for. */
const CELLS_MAX = 10_000;

export function knownCells(matrix: Matrix): readonly Cell[] {
  return countCells(gridOf(matrix)) > CELLS_MAX ? [] : expandMatrix(matrix);
}
