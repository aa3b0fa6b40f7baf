/**
 * What a run needs before it begins. Checked before any guest boots or any report is written, since
 * a user's mistake must not surface halfway through.
 */
import { InfraError } from '../errors.ts';
import type { KernelContext } from '../kernels/kernel-context.ts';
import type { KernelImage } from '../kernels/kernel-image.ts';
import { resolveKernel } from '../kernels/resolve-kernel.ts';
import { type Matrix, namedValue, type Plan } from '../matrix/matrix.ts';
import { prepareAgent } from './agent-files.ts';

/** By name; an InfraError where the host or the archive could not provide the kernel. */
export type ResolvedKernels = ReadonlyMap<string, KernelImage | InfraError>;

/** Resolves each kernel of a plan once. Throws a UsageError for a source that is not usable. */
export async function resolveKernels(
  matrix: Matrix,
  { cells }: Plan,
  context: KernelContext,
): Promise<ResolvedKernels> {
  const names = new Set(cells.map(({ kernel }) => kernel));
  const resolved = await Promise.all(
    [...names].map(async (name) => {
      const image = resolveKernel(name, namedValue(matrix.kernels, name), context);
      return [name, await orInfraError(image)] as const;
    }),
  );
  return new Map(resolved);
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
