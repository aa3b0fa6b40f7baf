/** Kernels whose configurations users ask for: names of the matrix, `source-6.12+v1-on`, or files. */
import { cacheRoot } from '../../../cache/cache-root.ts';
import { UsageError } from '../../../errors.ts';
import type { KernelConfig } from '../../../kconfig/kernel-config.ts';
import { omitUndefined } from '../../../omit-undefined.ts';
import { findKernel } from '../../checked-kernels.ts';
import { loadMatrixIfThere } from '../../load-matrix.ts';

export interface ConfigOptions {
  /** The matrix file. */
  readonly matrix: string;
  readonly mirror?: string;
  readonly offline?: boolean;
}

export interface NamedConfig {
  /** As the user named it. */
  readonly name: string;
  readonly config: KernelConfig;
  /** Where it is from, for people. */
  readonly from: string;
  /** Empty if it is not known. */
  readonly release: string;
}

/**
 * Rejects with a UsageError for an unknown name or a kernel without a known configuration, with an InfraError
 * if the host or the archive fails.
 */
export async function findNamedConfig(name: string, options: ConfigOptions): Promise<NamedConfig> {
  const { mirror, offline } = options;
  const found = await findKernel(name, {
    matrix: async () => loadMatrixIfThere(options.matrix),
    cacheRoot: cacheRoot(process.env),
    ...omitUndefined({ mirror, offline }),
  });
  const { config, configFrom = name, release } = found;
  if (config !== undefined) return { name, config, from: configFrom, release };
  throw new UsageError(`the configuration of the kernel ${name} is not known`, {
    code: 'NO_CONFIG',
    remedy:
      'give the kernel a `config` in the matrix, or boot it once: guests with IKCONFIG tell it',
  });
}
