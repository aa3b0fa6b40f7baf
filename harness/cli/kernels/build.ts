/** `kmx kernels build`: kernels from sources, before anything needs them. */
import { UsageError } from '../../errors.ts';
import type { MatrixKernels } from '../../kernels/matrix-kernels.ts';
import type { KernelBuild } from '../../matrix/builds.ts';
import { listWords } from '../../matrix/problem.ts';
import { describeDuration } from '../../phrases.ts';
import { loadMatrix } from '../load-matrix.ts';
import {
  type Done,
  doEach,
  type EachKernelOptions,
  type Outcome,
  workOnKernels,
} from './each-kernel.ts';
import { mayBeBuilt, namedBuilds } from './named-builds.ts';

export interface BuildKernelsOptions extends EachKernelOptions {
  readonly matrix: string;
}

export async function buildKernels(
  names: readonly string[],
  options: BuildKernelsOptions,
): Promise<number> {
  const matrix = loadMatrix(options.matrix);
  const builds = chooseBuilt(namedBuilds(matrix, names), names.length > 0);
  return await workOnKernels(matrix, builds, options, buildEach);
}

/**
 * Those that kmx may have to build. Throws a UsageError if others were named, or if there are none.
 */
export function chooseBuilt(
  builds: readonly KernelBuild[],
  areNamed: boolean,
): readonly KernelBuild[] {
  const built = builds.filter(mayBeBuilt);
  const others = builds.filter((build) => !built.includes(build)).map(({ name }) => name);
  if (areNamed ? others.length === 0 : built.length > 0) return built;
  const what = areNamed ? listWords(others, 'and') : 'no kernel of the matrix';
  throw new UsageError(`${what} ${areNamed && others.length > 1 ? 'are' : 'is'} not built by kmx`, {
    code: 'KERNEL_NOT_BUILT',
    remedy: areNamed
      ? 'fetch them with kmx kernels fetch, or name kernels with a source or or_build'
      : 'kernels with a source are, and those with or_build for configs with symbols',
  });
}

/** One after the other, as each takes all CPUs; what is wrong with any configuration comes first. */
export async function buildEach(
  builds: readonly KernelBuild[],
  kernels: MatrixKernels,
): Promise<readonly Outcome[]> {
  const configured = await doEach(builds, async (build) => {
    await kernels.configure(build);
    return ['', 'configured'];
  });
  if (configured.some(({ result }) => result instanceof Error)) {
    return configured.map(({ name, result }) => ({
      name,
      result: result instanceof Error ? result : ['', 'configured, but not built yet'],
    }));
  }
  const outcomes: Outcome[] = [];
  for (const build of builds) {
    outcomes.push(...(await doEach([build], (one) => buildOne(one, kernels))));
  }
  return outcomes;
}

async function buildOne(build: KernelBuild, kernels: MatrixKernels): Promise<Done> {
  const { release, built, origin } = await kernels.resolve(build);
  if (built === undefined)
    return [release, `not built, as it already has the requested symbols: ${origin}`];
  return [
    release,
    built.isCached ? 'cached' : `built in ${describeDuration(built.seconds * 1000)}`,
  ];
}
