import type { KernelSource } from '../matrix/matrix.ts';
import { resolveDebianKernel } from './debian/debian-kernel.ts';
import type { KernelContext } from './kernel-context.ts';
import type { KernelImage } from './kernel-image.ts';
import { resolvePathKernel } from './path-kernel.ts';

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
  const report = (line: string) => context.report(`${name}: ${line}`);
  switch (source.kind) {
    case 'debian':
      return resolveDebianKernel(source, { ...context, report });
    case 'path':
      return resolvePathKernel(source);
  }
}
