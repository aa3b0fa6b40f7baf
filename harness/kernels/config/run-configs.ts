import { join } from 'node:path';
import type { KernelConfig } from '../../kconfig/kernel-config.ts';
import { parseKernelConfig } from '../../kconfig/parse-config.ts';
import { configPath, readConfigFile } from './config-files.ts';

/** The configurations of a run's kernels, as they are in its folder. */
export interface RunConfigs {
  /** By the kernel's name; without those that are not known. */
  readonly configs: ReadonlyMap<string, KernelConfig>;
  /** Why some are not known, one sentence each, for people. */
  readonly warnings: readonly string[];
}

/** What `KernelFacts` say of a kernel's configuration. */
export interface ConfiguredKernel {
  readonly name: string;
  readonly config?: { readonly digest: string };
  readonly configMissing?: string;
}

/** Where a run keeps them, in its folder. */
export const CONFIGS_FOLDER = 'configs';

/**
 * @param folder The run's, with `configs/` in it.
 * @param report Of the run: report.json, or what its events fold to.
 */
export async function readRunConfigs(
  folder: string,
  { kernels }: { readonly kernels: readonly ConfiguredKernel[] },
): Promise<RunConfigs> {
  const configs = new Map<string, KernelConfig>();
  const warnings: string[] = [];
  for (const { name, config: facts, configMissing } of kernels) {
    const found = facts && (await readOne(join(folder, CONFIGS_FOLDER), facts.digest));
    if (typeof found === 'object') configs.set(name, found);
    else
      warnings.push(`the configuration of ${name} is not known: ${found ?? configMissing ?? OLD}`);
  }
  return { configs, warnings };
}

const OLD = 'the run did not record it';

/** The configuration, or why there is none. */
async function readOne(folder: string, digest: string): Promise<KernelConfig | string> {
  try {
    const parsed = parseKernelConfig(await readConfigFile(folder, digest));
    return parsed.kind === 'config' ? parsed.config : `found ${parsed.looksLike}`;
  } catch (error) {
    return `${configPath(folder, digest)}: ${(error as Error).message}`;
  }
}
