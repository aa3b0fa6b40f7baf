import type { Change } from '../compare/changes.ts';
import type { Selected } from '../compare/columns.ts';
import { compare as compareColumns } from '../compare/compare.ts';
import { compareConfigs } from '../compare/compare-configs.ts';
import type { Comparison } from '../compare/comparison.ts';
import { type CellAxis, selectAxis, selectCells, selectRuns } from '../compare/select-columns.ts';
import { UsageError } from '../errors.ts';
import { renderComparisonMarkdown } from '../reporters/comparison/markdown.ts';
import { renderComparison } from '../reporters/comparison/terminal.ts';
import { jsonPieces } from '../reporters/json-pieces.ts';
import { colorsFor } from './colors.ts';
import { commandLine } from './command-line.ts';
import { readComparedRun } from './compared-run.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { knownCells, loadKnowledge } from './load-knowledge.ts';
import { loadMatrixIfThere } from './load-matrix.ts';
import { outputWidth } from './output-width.ts';

export interface CompareOptions {
  readonly matrix: string;
  readonly out: string;
  readonly from: string;
  readonly by?: CellAxis;
  readonly only?: readonly string[];
  readonly runs?: readonly string[];
  /** Files that hold kernel configs. */
  readonly configs?: readonly string[];
  readonly all?: boolean;
  readonly json?: boolean;
  readonly markdown?: boolean;
  readonly html?: string;
  readonly failOn?: Change;
}

/** Prints what differs. Exit code 1 if anything does, or only if what `--fail-on` names does. */
export async function compare(args: readonly string[], options: CompareOptions): Promise<number> {
  const comparison =
    options.configs === undefined
      ? await compareCells(args, options)
      : await compareFiles(options.configs, args);
  await showComparison(comparison, options);
  return exitCodeOf(comparison, options.failOn);
}

async function compareFiles(
  files: readonly string[],
  args: readonly string[],
): Promise<Comparison> {
  if (args.length > 0 || files.length < 2) {
    throw new UsageError(
      args.length > 0
        ? `--configs compares files; found cells, too: ${args.join(' ')}`
        : `--configs needs two or more files, found ${files.length}`,
      { code: 'COMPARE_TOO_FEW', remedy: 'for example: --configs old.config build/.config' },
    );
  }
  const { readKernelConfig } = await import('../kernels/config/read-config.ts');
  const read = await Promise.all(files.map(readKernelConfig));
  const configs = read.map(({ config }, index) => ({ name: files[index] ?? '', config }));
  return compareConfigs(configs);
}

async function compareCells(args: readonly string[], options: CompareOptions): Promise<Comparison> {
  const matrix = loadMatrixIfThere(options.matrix);
  return compareColumns(await select(args, options), {
    knowledge: loadKnowledge(options.matrix, matrix),
    isAll: options.all === true,
    withSame: options.html !== undefined,
    ...(matrix === undefined ? {} : { matrixCells: () => knownCells(matrix) }),
  });
}

async function select(args: readonly string[], options: CompareOptions): Promise<Selected> {
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
    return selectRuns(await Promise.all(runs.map((name) => readComparedRun(out, name))), [
      ...args,
      ...only,
    ]);
  }
  const run = await readComparedRun(out, from);
  return by === undefined ? selectCells(run, args, only) : selectAxis(run, by, [...args, ...only]);
}

/** On standard output, unless it is to be a page. */
export async function showComparison(
  comparison: Comparison,
  { html, json, markdown, all }: Pick<CompareOptions, 'html' | 'json' | 'markdown' | 'all'>,
): Promise<void> {
  const { stdout } = process;
  if (html !== undefined) {
    const { writeComparePage } = await import('./write-compare-page.ts');
    await writeComparePage(comparison, html);
    stdout.write(`${html}\n`);
    return;
  }
  if (json === true) {
    for (const piece of jsonPieces(comparison)) stdout.write(piece);
    stdout.write('\n');
    return;
  }
  if (markdown === true) {
    stdout.write(renderComparisonMarkdown(comparison, { isAll: all === true }));
    return;
  }
  const text = renderComparison(comparison, {
    colors: colorsFor(stdout, process.env),
    width: outputWidth(),
    isAll: all === true,
    command: (words) => commandLine(words, process.env),
  });
  stdout.write(text);
}

/** @param failOn The only change that counts; absent: whatever the comparison says is different. */
export function exitCodeOf(
  { groups, facts, config }: Pick<Comparison, 'groups' | 'facts' | 'config'>,
  failOn?: Change,
): number {
  const differs =
    failOn === undefined
      ? groups.length > 0 || facts.length > 0 || config.length > 0
      : groups.some(({ changes }) => changes.includes(failOn));
  return differs ? EXIT_CODES.bad : EXIT_CODES.good;
}
