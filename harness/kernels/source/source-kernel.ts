import type { BuiltSource, KconfigRequest } from '../../matrix/matrix.ts';
import type { BootableKernel } from '../kernel-image.ts';
import type { BuildContext } from './build-context.ts';

/**
 * A kernel that is configured and built here, from the cache if it was built before.
 * @param request What a config of the matrix asks for on top of the kernel's own request.
 */
export async function resolveBuiltKernel(
  source: BuiltSource,
  _request: KconfigRequest | undefined,
  _context: BuildContext,
): Promise<BootableKernel> {
  throw new Error(`Expected a builder for kernels from a ${source.tree.kind}`);
}
