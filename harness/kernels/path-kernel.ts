import { basename, resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import type { PathSource } from '../matrix/matrix.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { readKernelConfig } from './config/read-config.ts';
import { digestKernel, listModules } from './kernel-digest.ts';
import { readKernelRelease } from './kernel-file.ts';
import type { BootableKernel } from './kernel-image.ts';

/**
 * A kernel of the user's, used where it is. Throws a UsageError if a file is not what it should be.
 */
export async function resolvePathKernel(source: PathSource): Promise<BootableKernel> {
  const image = resolve(source.image);
  const release = await readKernelRelease(image);
  const config = source.config === undefined ? undefined : resolve(source.config);
  if (config !== undefined) await readKernelConfig(config);
  const modules = source.modules === undefined ? undefined : resolve(source.modules);
  if (modules !== undefined) await checkModules(modules, release);
  const files = { image, ...omitUndefined({ config, modules }) };
  const digest = await digestKernel(files);
  const configFrom = config === undefined ? undefined : 'file';
  return { release, ...files, digest, origin: `path ${image}`, ...omitUndefined({ configFrom }) };
}

async function checkModules(folder: string, release: string): Promise<void> {
  const expected = `the folder of the kernel's modules (…/lib/modules/${release})`;
  const found = await listModules(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOTDIR') return [];
    throw new UsageError(`${folder}: expected ${expected}; found ${error.message}`, {
      code: 'KERNEL_UNREADABLE',
      remedy: 'name a folder that you may read, or leave it out',
      cause: error,
    });
  });
  if (found.length > 0) return;
  throw new UsageError(`${folder}: expected ${expected}; found no *.ko in ${basename(folder)}`, {
    code: 'NO_MODULES',
    remedy: 'make modules_install INSTALL_MOD_PATH=…, or leave modules out if all is built in',
  });
}
