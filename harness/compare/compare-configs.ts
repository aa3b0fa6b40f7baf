import type { KernelConfig } from '../kconfig/kernel-config.ts';
import { diffConfigColumns } from './column-differences.ts';
import { COMPARISON_VERSION, type Comparison } from './comparison.ts';

export interface NamedConfig {
  /** As the user named it. */
  readonly name: string;
  readonly config: KernelConfig;
}

/** Two configurations or more, without any run. */
export function compareConfigs(configs: readonly NamedConfig[]): Comparison {
  return {
    version: COMPARISON_VERSION,
    axes: [],
    columns: configs.map(({ name, config: { version, compiler } }) => ({
      name,
      cells: 0,
      releases: version === undefined ? [] : [version],
      config: {
        name,
        ...(version === undefined ? {} : { version }),
        ...(compiler === undefined ? {} : { compiler }),
      },
    })),
    tests: { compared: 0, same: 0, alone: 0, differing: {} },
    groups: [],
    facts: [],
    config: diffConfigColumns(configs.map(({ config }) => config)),
    missing: [],
  };
}
