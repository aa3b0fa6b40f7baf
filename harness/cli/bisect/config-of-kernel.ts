import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../../errors.ts';
import { readKnownConfig } from '../../kernels/config/kernel-configs.ts';
import type { KernelContext } from '../../kernels/kernel-context.ts';
import { resolveKernel } from '../../kernels/resolve-kernel.ts';
import type { OtherConfig } from '../../kernels/source/build-context.ts';
import { configureBuilt } from '../../kernels/source/source-kernel.ts';
import { type Matrix, namedValue } from '../../matrix/matrix.ts';

/**
 * A file with the configuration of a kernel of the matrix; the kernel is fetched first if need be, but not
 * built. Throws a UsageError if it has none.
 * @param folder Where it is put if it is in no file yet.
 */
export async function configOfKernel(
  name: string,
  matrix: Matrix,
  folder: string,
  context: KernelContext,
): Promise<OtherConfig> {
  const source = namedValue(matrix.kernels, name);
  const onProgress: Parameters<typeof configureBuilt>[2]['onProgress'] = (progress) =>
    context.onProgress({ ...progress, kernel: name });
  if (source.kind === 'source') {
    const { config } = await configureBuilt(source, undefined, { ...context, onProgress });
    return { path: config, isOurs: true };
  }
  const known = await readKnownConfig(
    context.cacheRoot,
    await resolveKernel(name, source, context),
  );
  if (known === undefined) {
    throw new UsageError(`${name}: the configuration that it was built with is not known`, {
      code: 'NO_CONFIG',
      remedy: 'name a file with its configuration instead',
    });
  }
  const path = join(folder, `of-${name}.config`);
  await writeFile(path, known.text);
  return { path, isOurs: false };
}
