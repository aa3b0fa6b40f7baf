import type { KernelConfig } from '../../kconfig/kernel-config.ts';
import type { KconfigTree } from '../../kconfig/language/kconfig-tree.ts';
import type { TriedKernel } from './measured-cell.ts';

/** A configuration that `olddefconfig` has completed. */
export interface Completed {
  /** Of the configuration: kernels with the same one are the same. */
  readonly digest: string;
  readonly effective: KernelConfig;
  /** The file that it was completed from: with it as base, it is the same again. */
  readonly path: string;
}

/** Sources of one kernel, in which configurations are completed and built. */
export interface ConfigBench {
  readonly tree: KconfigTree;
  /**
   * Completes the text of a configuration.
   * @param options.isAhead Nobody has asked for it yet: no progress is shown.
   */
  complete(text: string, options?: { readonly isAhead: boolean }): Promise<Completed>;
  /** The kernel to be built with exactly this configuration. */
  kernelWith(name: string, completed: Completed): TriedKernel;
}
