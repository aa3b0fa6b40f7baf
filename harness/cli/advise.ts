import { advise as adviseOn } from '../compare/advise.ts';
import { renderAdvice } from '../reporters/advice.ts';
import { renderAdviceMarkdown } from '../reporters/advice-markdown.ts';
import { jsonPieces } from '../reporters/json-pieces.ts';
import { colorsFor } from './colors.ts';
import { commandLine } from './command-line.ts';
import { readComparedRun } from './compared-run.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { knownCells, loadKnowledge } from './load-knowledge.ts';
import { loadMatrixIfThere } from './load-matrix.ts';

export interface AdviseOptions {
  readonly matrix: string;
  readonly out: string;
  readonly from: string;
  readonly json?: boolean;
  readonly markdown?: boolean;
}

/** Prints what fails where and why, and what makes it pass. */
export async function advise(options: AdviseOptions): Promise<number> {
  const { matrix: file, out, from, json, markdown } = options;
  const matrix = loadMatrixIfThere(file);
  const advice = adviseOn(await readComparedRun(out, from), {
    knowledge: loadKnowledge(file, matrix),
    matrixCells: matrix === undefined ? [] : knownCells(matrix),
  });
  const { stdout } = process;
  if (json === true) {
    for (const piece of jsonPieces(advice)) stdout.write(piece);
    stdout.write('\n');
    return EXIT_CODES.good;
  }
  if (markdown === true) {
    stdout.write(renderAdviceMarkdown(advice));
    return EXIT_CODES.good;
  }
  const colors = colorsFor(stdout, process.env);
  const command = (words: readonly string[]): string => commandLine(words, process.env);
  stdout.write(renderAdvice(advice, { colors, command }));
  return EXIT_CODES.good;
}
