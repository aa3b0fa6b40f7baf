/** The Kconfig files to explain a symbol from. */

import { cacheRoot } from '../../../cache/cache-root.ts';
import { InfraError } from '../../../errors.ts';
import type { KconfigTree } from '../../../kconfig/language/kconfig-tree.ts';
import { readKconfig } from '../../../kernels/source/read-kconfig.ts';
import { checkTree } from '../../../kernels/source/tree/check-tree.ts';
import { openTree } from '../../../kernels/source/tree/open-tree.ts';
import { treeOf } from '../../../matrix/builds.ts';
import type { Matrix, TreeSource } from '../../../matrix/matrix.ts';
import { omitUndefined } from '../../../omit-undefined.ts';
import { openFetchDisplay } from '../../fetch-display.ts';
import type { ConfigOptions } from './named-config.ts';
import { whyNotAtHand } from './why-not-at-hand.ts';

export interface TreeAtHand {
  readonly kconfig: KconfigTree;
  readonly version: string;
  /** For people. */
  readonly origin: string;
  /** The kernel of the matrix whose sources it is; absent for a folder that was named. */
  readonly kernel?: string;
}

export interface TreeOptions extends ConfigOptions {
  /** A folder with the sources of a kernel. */
  readonly tree?: string;
}

/**
 * The folder that was named, or the sources of the first kernel of the matrix that is built from some and whose sources
 * are there: nothing is fetched. Returns why there are none, for people. Throws a UsageError for a folder that
 * is no tree.
 */
export async function findTree(
  options: TreeOptions,
  matrix: Pick<Matrix, 'kernels'> | undefined,
): Promise<TreeAtHand | string> {
  const { tree: folder } = options;
  if (folder !== undefined) {
    const version = await checkTree(folder, folder);
    return { kconfig: readKconfig({ folder, version }), version, origin: folder };
  }
  const trees = [...(matrix?.kernels ?? [])].flatMap(([kernel, source]) => {
    const tree = treeOf(source);
    return tree === undefined ? [] : [{ kernel, tree }];
  });
  if (trees.length === 0) return 'no kernel of the matrix is built from sources';
  const missing: string[] = [];
  for (const { kernel, tree } of trees) {
    const found = await openCached(kernel, tree, options);
    if (typeof found !== 'string') return found;
    missing.push(`${kernel}: ${found}`);
  }
  return missing.join('; ');
}

async function openCached(
  kernel: string,
  tree: TreeSource,
  { mirror }: TreeOptions,
): Promise<TreeAtHand | string> {
  using display = await openFetchDisplay(process.stderr, process.env);
  try {
    const source = await openTree(tree, {
      cacheRoot: cacheRoot(process.env),
      offline: true,
      onProgress: (progress) => display.onProgress({ ...progress, kernel }),
      ...omitUndefined({ mirror }),
    });
    const open = await source.open();
    return { kconfig: readKconfig(open), version: open.version, origin: source.origin, kernel };
  } catch (error) {
    if (error instanceof InfraError) return whyNotAtHand(error);
    throw error;
  }
}
