/** `kmx kernels config diff`: how configurations of kernels differ. */
import { compareConfigs } from '../../../compare/compare-configs.ts';
import { exitCodeOf, showComparison } from '../../compare.ts';
import { type ConfigOptions, findNamedConfig } from './named-config.ts';

export interface DiffOptions extends ConfigOptions {
  readonly all?: boolean;
  readonly json?: boolean;
  readonly markdown?: boolean;
}

/** Prints the symbols that differ, those about cgroups first: 1 if there are any, as diff(1) does. */
export async function diffConfig(
  kernels: readonly string[],
  options: DiffOptions,
): Promise<number> {
  const configs = await Promise.all(kernels.map((name) => findNamedConfig(name, options)));
  const comparison = compareConfigs(configs);
  await showComparison(comparison, options);
  return exitCodeOf(comparison);
}
