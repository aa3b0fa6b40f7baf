/** `kmx kernels clean`: removes kernels, and what they were made from, that the matrix does not use. */
import { cacheRoot } from '../../cache/cache-root.ts';
import { type CacheItem, listCache, pruneCache } from '../../cache/inventory.ts';
import type { Matrix } from '../../matrix/matrix.ts';
import { renderTable } from '../../reporters/table.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { formatBytes } from '../format-bytes.ts';
import { loadLockIfThere } from '../load-lock.ts';
import { loadMatrix } from '../load-matrix.ts';
import { KERNEL_KINDS, keyOf, type UseContext } from './kernel-use.ts';
import { findMatrixUse, type Pins } from './matrix-use.ts';
import { otherCompilers } from './other-compilers.ts';
import { describeItem } from './render-list.ts';

export interface CleanOptions {
  readonly matrix: string;
  readonly all?: boolean;
  readonly dryRun?: boolean;
}

/** Removes nothing if it is not clear what the matrix uses, or if a running kmx may use any of it. */
export async function cleanKernels(options: CleanOptions): Promise<number> {
  const root = cacheRoot(process.env);
  const items = await listCache(root, KERNEL_KINDS);
  const doomed = options.all === true ? items : await findUnused(options.matrix, items, root);
  if (options.dryRun !== true && doomed.length > 0) await pruneCache(root, doomed);
  process.stdout.write(`${renderClean(items, doomed, { ...options, root }).join('\n')}\n`);
  return EXIT_CODES.good;
}

async function findUnused(
  file: string,
  items: readonly CacheItem[],
  root: string,
): Promise<readonly CacheItem[]> {
  const matrix = loadMatrix(file);
  const pins = loadLockIfThere(matrix.file)?.lock.kernels;
  const context = { cacheRoot: root, otherCompilers: await otherCompilers() };
  return await findUnusedItems(matrix, items, context, pins);
}

/**
 * What neither the matrix nor its lock uses. Throws a UsageError or an InfraError if that cannot be told for
 * one of the kernels.
 */
export async function findUnusedItems(
  matrix: Matrix,
  items: readonly CacheItem[],
  context: UseContext,
  pins?: Pins,
): Promise<readonly CacheItem[]> {
  const { booted, others } = await findMatrixUse(matrix, items, context, pins);
  const uses = [...booted, ...others];
  for (const { fault } of uses) if (fault !== undefined) throw fault;
  const used = new Set(uses.flatMap((use) => use.items.map(keyOf)));
  return items.filter((item) => !used.has(keyOf(item)));
}

function renderClean(
  items: readonly CacheItem[],
  doomed: readonly CacheItem[],
  { dryRun, root }: { readonly dryRun?: boolean; readonly root: string },
): readonly string[] {
  const sum = (some: readonly CacheItem[]) => some.reduce((bytes, item) => bytes + item.bytes, 0);
  const [gone, left] = [sum(doomed), sum(items) - sum(doomed)].map(formatBytes);
  const would = dryRun === true ? 'would be removed' : 'removed';
  const what = `${doomed.length} of ${items.length} entries of kernels, ${gone}`;
  return [
    ...renderTable(doomed.map((item) => describeItem(item))),
    `${what} ${would}; ${left} left in ${root}`,
  ];
}
