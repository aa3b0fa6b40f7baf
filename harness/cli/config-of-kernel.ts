import type { KernelConfig } from '../kconfig/kernel-config.ts';
import { parseKernelConfig } from '../kconfig/parse-config.ts';
import { readConfigFile } from '../kernels/config/config-files.ts';
import { findKernelConfigs } from '../kernels/config/kernel-configs.ts';
import { readKernelConfig } from '../kernels/config/read-config.ts';
import type { KernelImage } from '../kernels/kernel-image.ts';
import { describeProblems } from './config-problems.ts';

export interface ConfigOfKernel {
  readonly config: KernelConfig;
  /** Lines that were not read, and the like, for people. */
  readonly problems: readonly string[];
}

/**
 * The configuration that came with a kernel, or else the one in its image or one that an earlier guest of
 * it has told. Undefined if there is none. Rejects with a UsageError for a file that is none.
 */
export async function configOfKernel(
  kernel: KernelImage,
  cacheRoot: string,
): Promise<ConfigOfKernel | undefined> {
  if (kernel.config !== undefined) {
    const read = await readKernelConfig(kernel.config);
    return { config: read.config, problems: describeProblems(read) };
  }
  const found = await findKernelConfigs(cacheRoot, kernel);
  if (found.kind === 'missing') return undefined;
  const parsed = parseKernelConfig(await readConfigFile(found.folder, found.facts.digest));
  if (parsed.kind === 'no-config') return undefined;
  return { config: parsed.config, problems: describeProblems(parsed) };
}
