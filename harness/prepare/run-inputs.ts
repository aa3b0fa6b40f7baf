/**
 * What a run needs before it begins. Checked before any guest boots or any report is written, since
 * a user's mistake must not surface halfway through.
 */
import { InfraError, UsageError } from '../errors.ts';
import type { KernelContext } from '../kernels/kernel-context.ts';
import type { KernelImage } from '../kernels/kernel-image.ts';
import { MatrixKernels } from '../kernels/matrix-kernels.ts';
import { type KernelBuild, kernelBuilds } from '../matrix/builds.ts';
import { type Matrix, namedValue, type Plan } from '../matrix/matrix.ts';
import { prepareAgent } from './agent-files.ts';
import { checkKernelLacks } from './check-kernel-lacks.ts';
import { describeUnusable, nameKernels } from './unusable-kernels.ts';

/** By name, as in `buildOf`; an InfraError where the host or the archive could not provide the kernel. */
export type ResolvedKernels = ReadonlyMap<string, KernelImage | InfraError>;

/**
 * Resolves each kernel of a plan once, and builds those that cells want built. Throws a UsageError for a
 * source that is not usable, and for kernels that lack what configs ask of them, before anything is built.
 */
export async function resolveKernels(
  matrix: Matrix,
  { cells }: Plan,
  context: KernelContext,
): Promise<ResolvedKernels> {
  const kernels = new MatrixKernels(matrix.kernels, context);
  const builds = kernelBuilds(matrix, cells);
  const each = async <T>(ask: (build: KernelBuild) => Promise<T>) =>
    new Map(
      await Promise.all(
        builds.map(async (build) => [build.name, await orInfraError(ask(build))] as const),
      ),
    );
  const configured = await each((build) => orUsageError(kernels.configure(build)));
  const faults = [...configured].flatMap(([name, found]) =>
    found instanceof UsageError ? [[name, found] as const] : [],
  );
  if (faults.length > 0) throw describeUnusable(new Map(faults));
  const stock = [...configured].flatMap(([name, found]) =>
    found instanceof Error || found.kind === 'built' ? [] : [[name, found.image] as const],
  );
  await checkKernelLacks(matrix, cells, new Map(stock), context.cacheRoot);
  // The first one that does not compile ends all: the next would take minutes.
  return await each(async (build) => {
    const resolved = await orUsageError(kernels.resolve(build));
    if (resolved instanceof UsageError) throw nameKernels({ names: [build.name], error: resolved });
    return resolved;
  });
}

/** Throws a UsageError for an agent of the plan that cannot run in a guest. */
export async function checkAgents(
  matrix: Matrix,
  { cells }: Plan,
  reference: string,
  cacheRoot: string,
): Promise<void> {
  const names = new Set(cells.map(({ agent }) => agent));
  await Promise.all(
    [...names].map((name) => prepareAgent(namedValue(matrix.agents, name), reference, cacheRoot)),
  );
}

/** Turns a rejection with an InfraError into a value; any other error is rethrown. */
export async function orInfraError<T>(promise: Promise<T>): Promise<T | InfraError> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof InfraError) return error;
    throw error;
  }
}

async function orUsageError<T>(promise: Promise<T>): Promise<T | UsageError> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
}
