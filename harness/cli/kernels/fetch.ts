/** `kmx kernels fetch`: all that commands with `--offline` need of kernels. */
import type { MatrixKernels } from '../../kernels/matrix-kernels.ts';
import type { KernelBuild } from '../../matrix/builds.ts';
import { loadMatrix } from '../load-matrix.ts';
import { type Done, doEach, type EachKernelOptions, workOnKernels } from './each-kernel.ts';
import { namedBuilds } from './named-builds.ts';

export interface FetchKernelsOptions extends EachKernelOptions {
  readonly matrix: string;
}

export async function fetchKernels(
  names: readonly string[],
  options: FetchKernelsOptions,
): Promise<number> {
  const matrix = loadMatrix(options.matrix);
  const builds = namedBuilds(matrix, names);
  return await workOnKernels(matrix, builds, options, (wanted, kernels) =>
    doEach(wanted, (build) => fetchKernel(build, kernels)),
  );
}

/** At the same time: packages and trees that several kernels need are fetched once. */
export async function fetchKernel(build: KernelBuild, kernels: MatrixKernels): Promise<Done> {
  const fetched = await kernels.fetch(build);
  if (fetched.kind === 'stock') return [fetched.image.release, fetched.image.origin];
  return [fetched.open.version, `sources: ${fetched.tree.origin}`];
}
