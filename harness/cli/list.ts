import { cacheRoot } from '../cache/cache-root.ts';
import { readHostCgroupMode } from '../machine/container/host-cgroups.ts';
import { buildOf, type Cell } from '../matrix/cell.ts';
import type { Matrix } from '../matrix/matrix.ts';
import { skipReasons } from '../matrix/skip-reason.ts';
import { count } from '../phrases.ts';
import type { BuildOutlook } from './build-outlooks.ts';
import { describeOutlook, renderOutlooks } from './describe-outlook.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { loadMatrix } from './load-matrix.ts';
import type { SelectionOptions } from './selection.ts';
import { select } from './selection.ts';

export interface ListOptions extends SelectionOptions {
  readonly matrix: string;
  readonly json?: boolean;
}

/** Prints the cells that `run` would boot, one a line, and which of them this host would skip. */
export async function list(options: ListOptions): Promise<number> {
  const matrix = loadMatrix(options.matrix);
  const { plan } = select(matrix, options);
  const skipped = await skipReasons(matrix, plan.cells, readHostCgroupMode);
  const builds = await findOutlooks(matrix, plan.cells);
  if (options.json === true) {
    const cells = plan.cells.map((cell) => ({ ...cell, ...skipOf(cell, skipped) }));
    process.stdout.write(`${JSON.stringify({ ...plan, cells, builds }, undefined, 2)}\n`);
    return EXIT_CODES.good;
  }
  process.stdout.write(renderCells(plan.cells, skipped, builds));
  process.stderr.write(`${count(plan.cells.length, 'cell')} in the profile ${plan.profile}\n`);
  process.stderr.write(renderReasons(skipped));
  process.stderr.write(renderOutlooks(builds));
  return EXIT_CODES.good;
}

/** Most matrices build nothing, and need not load what knows of builds. */
async function findOutlooks(
  matrix: Matrix,
  cells: readonly Cell[],
): Promise<readonly BuildOutlook[]> {
  const isBuilt = ({ kernel, build }: Cell): boolean =>
    build !== undefined || matrix.kernels.get(kernel)?.kind === 'source';
  if (!cells.some(isBuilt)) return [];
  const { findBuildOutlooks } = await import('./build-outlooks.ts');
  return await findBuildOutlooks(matrix, cells, cacheRoot(process.env));
}

function skipOf({ id }: Cell, skipped: ReadonlyMap<string, string>): { readonly skip?: string } {
  const skip = skipped.get(id);
  return skip === undefined ? {} : { skip };
}

/** A line has the id, then what is not as usual: two spaces part them. */
export function renderCells(
  cells: readonly Cell[],
  skipped: ReadonlyMap<string, string>,
  builds: readonly BuildOutlook[] = [],
): string {
  const byName = new Map(builds.map((build) => [build.name, build]));
  const lines = cells.map((cell) => {
    const { id, machine, scenarios = [] } = cell;
    const build = byName.get(buildOf(cell));
    const isPlain = machine === 'qemu' || id.endsWith(`+${machine}`);
    const notes = [
      ...(isPlain ? [] : [`on ${machine}`]),
      ...(skipped.has(id) ? ['skipped on this host'] : []),
      ...(build === undefined ? [] : [describeOutlook(build)]),
      ...(scenarios.length === 0 ? [] : [scenarios.join(' ')]),
    ];
    return `${[id, ...notes].join('  ')}\n`;
  });
  return lines.join('');
}

/** Each reason once. */
export function renderReasons(skipped: ReadonlyMap<string, string>): string {
  const byReason = Map.groupBy(skipped.values(), (reason) => reason);
  return [...byReason]
    .map(([reason, cells]) => `skips ${count(cells.length, 'cell')}: ${reason}\n`)
    .join('');
}
