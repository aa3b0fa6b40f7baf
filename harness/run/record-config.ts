import { join } from 'node:path';
import { InfraError } from '../errors.ts';
import type { KernelFacts } from '../events.ts';
import { copyConfigFile } from '../kernels/config/config-files.ts';
import { findKernelConfigs } from '../kernels/config/kernel-configs.ts';
import { CONFIGS_FOLDER } from '../kernels/config/run-configs.ts';
import type { KernelImage } from '../kernels/kernel-image.ts';

/**
 * Puts what a kernel was built with into the folder of a run, and returns what the report says of it.
 * No result depends on it: what cannot be found out or written is reported as missing.
 */
export async function recordConfig(
  kernel: KernelImage,
  cacheRoot: string,
  runFolder: string,
): Promise<Pick<KernelFacts, 'config' | 'configMissing'>> {
  const found = await findKernelConfigs(cacheRoot, kernel);
  if (found.kind === 'missing') return { configMissing: found.why };
  const { facts, folder } = found;
  try {
    for (const { digest } of [facts, ...(facts.disagreements ?? [])]) {
      await copyConfigFile(folder, join(runFolder, CONFIGS_FOLDER), digest);
    }
    return { config: facts };
  } catch (error) {
    if (error instanceof InfraError) return { configMissing: error.message };
    throw error;
  }
}
