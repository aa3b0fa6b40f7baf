import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { Comparison } from '../compare/comparison.ts';
import { loadPageAssets } from '../page-assets/load-page-assets.ts';
import { renderComparePage } from '../pages/compare/compare-page.ts';
import { commandLine } from './command-line.ts';
import { writeOutput } from './write-output.ts';

/** Writes the page of a comparison. Throws a UsageError if the file cannot be written. */
export async function writeComparePage(comparison: Comparison, file: string): Promise<void> {
  const folder = dirname(resolve(file));
  const page = renderComparePage({
    comparison,
    assets: await loadPageAssets(),
    folders: comparison.columns.map((column) =>
      column.folder === undefined ? undefined : relative(folder, resolve(column.folder)),
    ),
    logged: comparison.columns.map((column) => findLogged(column.folder)),
    commandLine: (words) => commandLine(words, process.env),
  });
  writeOutput('the page', file, [page]);
}

/** The cells of a run that have a folder: those that never ran have none, nor has a report that was copied. */
function findLogged(run: string | undefined): ReadonlySet<string> {
  const cells = run === undefined ? undefined : join(run, 'cells');
  return new Set(cells !== undefined && existsSync(cells) ? readdirSync(cells) : []);
}
