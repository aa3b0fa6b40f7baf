import type { FetchProgress } from '../debian/fetch-progress.ts';
import type { KernelSource } from '../matrix/matrix.ts';
import { resolveDebianKernel } from './debian/debian-kernel.ts';
import { resolveHostKernel } from './host/host-kernel.ts';
import type { KernelContext } from './kernel-context.ts';
import type { KernelImage } from './kernel-image.ts';
import { resolvePathKernel } from './path-kernel.ts';
import { resolveBuiltKernel } from './source/source-kernel.ts';
import type { StepProgress } from './source/step-progress.ts';

/**
 * The files of the kernel that the matrix calls `name`, fetched first if need be; quick if they
 * were used before. Throws a UsageError for a source that names nothing usable, an InfraError if
 * the host or the archive fails.
 */
export async function resolveKernel(
  name: string,
  source: KernelSource,
  context: KernelContext,
): Promise<KernelImage> {
  const onProgress = (progress: FetchProgress | StepProgress): void =>
    context.onProgress({ ...progress, kernel: name });
  switch (source.kind) {
    case 'debian-series':
    case 'debian-package':
      return resolveDebianKernel(source, { ...context, onProgress });
    case 'path':
      return resolvePathKernel(source);
    case 'source':
      return resolveBuiltKernel(source, undefined, { ...context, onProgress });
    case 'host':
      return await resolveHostKernel();
  }
}
