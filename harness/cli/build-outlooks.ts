/** What has to be built before cells can run, and how long that is expected to take. */
import { InfraError, UsageError } from '../errors.ts';
import type { Request } from '../kconfig/fragments/request.ts';
import { MatrixKernels, type Packaged } from '../kernels/matrix-kernels.ts';
import { listPastBuilds } from '../kernels/source/build/built-kernel.ts';
import {
  type BuildClues,
  expectedBuild,
  expectedBuildOf,
  type PastBuilds,
} from '../kernels/source/build/expected-build.ts';
import { type KernelBuild, kernelBuilds } from '../matrix/builds.ts';
import type { Cell } from '../matrix/cell.ts';
import type { Matrix } from '../matrix/matrix.ts';
import { toLine } from '../text.ts';

export interface BuildOutlook {
  /** The kernel, as in `buildOf`. */
  readonly name: string;
  /** It need not be built: an earlier command has built it, or its package fits. */
  readonly isThere: boolean;
  /** Its package has what is asked for, so it is not built at all. */
  readonly isPackaged?: true;
  /** Requests that its package does not meet, if that is why it is built: `CONFIG_CPUSETS_V1=y`. */
  readonly lacks?: readonly string[];
  /** From earlier builds; absent if there were none, or nothing needs to be built. */
  readonly expectedSeconds?: number;
  /** Why it cannot be built: one sentence. */
  readonly fault?: string;
}

/** Of the kernels that kmx builds. Looks at what is on this host alone: fetches, configures and builds nothing. */
export async function findBuildOutlooks(
  matrix: Matrix,
  cells: readonly Cell[],
  cacheRoot: string,
): Promise<readonly BuildOutlook[]> {
  const builds = kernelBuilds(matrix, cells).filter(({ name, kernel, source }) => {
    return source.kind === 'source' || name !== kernel;
  });
  const kernels = new MatrixKernels(matrix.kernels, { cacheRoot, onProgress: () => {} });
  if (builds.length === 0) return [];
  const past = { root: cacheRoot, builds: await listPastBuilds(cacheRoot) };
  return await Promise.all(builds.map((build) => outlookOf(build, kernels, past)));
}

async function outlookOf(
  build: KernelBuild,
  kernels: MatrixKernels,
  past: PastBuilds,
): Promise<BuildOutlook> {
  const { name } = build;
  try {
    const found = await kernels.look(build);
    if (found?.kind === 'stock') return { name, isThere: true, isPackaged: true };
    const packaged = await kernels.findPackage(build);
    const { isThere, seconds } =
      found === undefined
        ? { isThere: false, ...(await expectedBuildOf(cluesOf(packaged), past)) }
        : await expectedBuild(found.configured, past);
    const lacks = packaged?.lacks ?? [];
    return {
      name,
      isThere,
      ...(lacks.length > 0 && { lacks: lacks.map(({ request }) => requestLine(request)) }),
      ...(isThere || seconds === undefined ? {} : { expectedSeconds: seconds }),
    };
  } catch (error) {
    if (error instanceof UsageError) return { name, isThere: false, fault: toLine(error.message) };
    if (!(error instanceof InfraError)) throw error;
    // What was never fetched was never built.
    const { seconds } = await expectedBuildOf({}, past);
    return { name, isThere: false, ...(seconds === undefined ? {} : { expectedSeconds: seconds }) };
  }
}

/** Its configuration is the base of what is built in its place. */
function cluesOf(packaged: Packaged | undefined): BuildClues {
  return packaged === undefined ? {} : { effective: packaged.config };
}

function requestLine({ symbol, value }: Request): string {
  return toLine(`CONFIG_${symbol}=${value}`);
}
