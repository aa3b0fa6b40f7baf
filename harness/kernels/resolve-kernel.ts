import type { FetchProgress } from '../debian/fetch-progress.ts';
import type { KernelSource } from '../matrix/matrix.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { resolveDebianKernel } from './debian/debian-kernel.ts';
import { resolveHostKernel } from './host/host-kernel.ts';
import { resolveKataKernel } from './kata/kata-kernel.ts';
import type { KernelContext } from './kernel-context.ts';
import type { KernelImage } from './kernel-image.ts';
import { resolveOciKernel } from './oci/oci-kernel.ts';
import { resolvePackageKernel } from './package/package-kernel.ts';
import { resolvePathKernel } from './path-kernel.ts';
import { resolveRunningKernel } from './running/running-kernel.ts';
import { resolveBuiltKernel } from './source/source-kernel.ts';
import type { StepProgress } from './source/step-progress.ts';
import { resolveUrlKernel } from './url/url-kernel.ts';

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
  const pinned = omitUndefined({ pin: context.pinOf?.(name) });
  switch (source.kind) {
    case 'debian-series':
    case 'debian-package':
      return resolveDebianKernel(source, { ...context, ...pinned, onProgress });
    case 'path':
      return resolvePathKernel(source);
    case 'source':
      return resolveBuiltKernel(source, undefined, { ...context, ...pinned, onProgress });
    case 'package':
      return resolvePackageKernel(source, { ...context, onProgress });
    case 'oci':
      return resolveOciKernel(source, { ...context, ...pinned, onProgress });
    case 'url':
      return resolveUrlKernel(source, { ...context, onProgress });
    case 'kata':
      return resolveKataKernel(source, { ...context, onProgress });
    case 'running':
      return await resolveRunningKernel();
    case 'host':
      return await resolveHostKernel();
  }
}
