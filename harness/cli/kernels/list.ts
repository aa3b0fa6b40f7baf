/** `kmx kernels list`: kernels of the matrix, what the cache has of them, what their suites offer. */
import { cacheRoot } from '../../cache/cache-root.ts';
import { listCache } from '../../cache/inventory.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { loadLockIfThere } from '../load-lock.ts';
import { loadMatrix } from '../load-matrix.ts';
import { describeKernels } from './kernel-list.ts';
import { KERNEL_KINDS } from './kernel-use.ts';
import { listSuites, suitesOf } from './list-suites.ts';
import { findMatrixUse } from './matrix-use.ts';
import { otherCompilers } from './other-compilers.ts';
import { renderList } from './render-list.ts';

export interface KernelListOptions {
  readonly matrix: string;
  readonly all?: boolean;
  readonly suite?: readonly string[];
  readonly mirror?: string;
  readonly offline?: boolean;
  readonly json?: boolean;
}

export async function listKernels(options: KernelListOptions): Promise<number> {
  const matrix = loadMatrix(options.matrix);
  const { mirror, offline, suite } = options;
  const root = cacheRoot(process.env);
  // First of all, since looking for kernels marks entries as used.
  const items = await listCache(root, KERNEL_KINDS);
  const suites = await listSuites(suite ?? suitesOf(matrix), {
    cacheRoot: root,
    ...omitUndefined({ mirror, offline }),
  });
  const pins = loadLockIfThere(matrix.file)?.lock.kernels;
  const context = { cacheRoot: root, otherCompilers: await otherCompilers() };
  const use = await findMatrixUse(matrix, items, context, pins);
  const list = describeKernels(use, suites, items);
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ cache: root, ...list }, undefined, 2)}\n`);
  } else {
    const isWhole = options.all === true || suite !== undefined;
    process.stdout.write(`${renderList(list, { root, isWhole }).join('\n')}\n`);
  }
  return EXIT_CODES.good;
}
