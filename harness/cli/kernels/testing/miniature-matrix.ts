/** A matrix with a kernel from the miniature tree, and one that is a file; and a cache of its own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { type CacheItem, listCache } from '../../../cache/inventory.ts';
import { MatrixKernels } from '../../../kernels/matrix-kernels.ts';
import {
  MiniatureCompiler,
  writeMiniatureTree,
} from '../../../kernels/source/testing/miniature-tree.ts';
import { buildBzImage } from '../../../kernels/testing/build-kernel.ts';
import type { Matrix } from '../../../matrix/matrix.ts';
import { parseMatrix } from '../../../matrix/parse.ts';
import { KERNEL_KINDS, type UseContext } from '../kernel-use.ts';

const MATRIX = `
kernels:
  stock: { path: { image: vmlinuz } }
  built: { source: { tarball: linux.tar.xz, base: tinyconfig, symbols: [CONFIG_CGROUPS=y] } }
configs:
  on: { symbols: [CONFIG_CPUSETS=y] }
  off: { symbols: [CONFIG_CPUSETS=n] }
cgroups: [v2]
agents: { a: { reference: { guard: on } } }
exclude: [{ kernel: stock, config: on }]
`;

export class MiniatureMatrix implements AsyncDisposable {
  readonly folder: string;
  readonly compiler = new MiniatureCompiler();

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<MiniatureMatrix> {
    const folder = await mkdtemp(join(tmpdir(), 'kmx-kernels-'));
    await writeMiniatureTree(join(folder, 'linux'));
    await execa('tar', ['-cJf', 'linux.tar.xz', 'linux'], { cwd: folder });
    await writeFile(join(folder, 'vmlinuz'), buildBzImage('6.1.0-stock'));
    return new MiniatureMatrix(folder);
  }

  /** @param change What is different in the text of the matrix. */
  matrix(change: (text: string) => string = (text) => text): Matrix {
    const parsed = parseMatrix(change(MATRIX), { file: join(this.folder, 'matrix.yaml') });
    if (!parsed.isValid) throw new Error(JSON.stringify(parsed.problems));
    return parsed.matrix;
  }

  get context(): UseContext {
    return { cacheRoot: join(this.folder, 'cache'), compiler: async () => this.compiler };
  }

  kernels(matrix: Matrix, { offline = false } = {}): MatrixKernels {
    return new MatrixKernels(matrix.kernels, { ...this.context, offline, onProgress: () => {} });
  }

  items(): Promise<readonly CacheItem[]> {
    return listCache(this.context.cacheRoot, KERNEL_KINDS);
  }

  async kinds(): Promise<readonly string[]> {
    return (await this.items()).map(({ kind }) => kind).toSorted();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
