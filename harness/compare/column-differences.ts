/** Facts and symbols of kernels, column by column: those that differ. */
import { diffConfigs } from '../kconfig/diff-configs.ts';
import { type KernelConfig, menuOf } from '../kconfig/kernel-config.ts';
import { valueIn } from './candidates.ts';
import type { ColumnCells } from './columns.ts';
import type { Environment } from './compared-run.ts';
import type { ConfigRow, FactRow } from './comparison.ts';

/** Shown for a fact that was not found. */
export const NOT_THERE = '–';

/** @param config Whose cells are looked at: other boot parameters make other facts; absent: all. */
export function diffFacts(
  columns: readonly ColumnCells[],
  config: string | undefined,
): readonly FactRow[] {
  const environments = columns.map((column) => environmentsOf(column, config));
  const keys = new Set(
    environments
      .flat()
      .flatMap(({ facts, offered }) => [
        ...(facts?.keys() ?? []),
        ...[...(offered ?? [])].map((name) => `offered/${name}`),
      ]),
  );
  return [...keys].flatMap((fact) => {
    const values = environments.map((own) => commonValue(own, fact));
    const known = new Set(values.filter((value) => value !== null));
    return known.size > 1 ? [{ fact, values }] : [];
  });
}

/** `null` if it is not known, or not the same in all of a column's cells. */
function commonValue(environments: readonly Environment[], key: string): string | null {
  const values = new Set(environments.map((one) => valueIn(one, { kind: 'fact', key })));
  const [value, ...more] = values;
  if (value === undefined || more.length > 0) return null;
  return value === '' ? NOT_THERE : value;
}

function environmentsOf({ cells }: ColumnCells, config?: string): readonly Environment[] {
  const own = cells.filter((cell) => config === undefined || cell.config === config);
  return [...new Set(own.map(({ environment }) => environment))];
}

/**
 * The config that all columns have; of several, the first of those whose guests told facts in most columns.
 * Absent if there is none.
 */
export function commonConfig(columns: readonly ColumnCells[]): string | undefined {
  const [first, ...others] = columns.map(({ cells }) => new Set(cells.map((cell) => cell.config)));
  const common = [...(first ?? [])].filter((config) => others.every((names) => names.has(config)));
  const factsOf = (config: string): number =>
    columns.filter((column) =>
      environmentsOf(column, config).some(({ facts }) => facts !== undefined),
    ).length;
  const [best] = common.toSorted((one, other) => factsOf(other) - factsOf(one));
  return best;
}

export function diffColumns(columns: readonly ColumnCells[]): readonly ConfigRow[] {
  return diffConfigColumns(
    columns.map((column) => {
      const configs = new Set(environmentsOf(column).flatMap(({ config }) => config ?? []));
      const [only, ...more] = configs;
      return more.length === 0 ? only : undefined;
    }),
  );
}

/** @param configs One for each column; `undefined`: not known. */
export function diffConfigColumns(
  configs: readonly (KernelConfig | undefined)[],
): readonly ConfigRow[] {
  const known = configs.filter((config) => config !== undefined);
  return diffConfigs(known).map(({ symbol, menus, states }) => {
    const left = [...states];
    return {
      symbol,
      menu: menus,
      states: configs.map((config) => (config === undefined ? null : (left.shift() ?? null))),
    };
  });
}

const CGROUP_MENU = /control group/i;
/** CGROUPS is no menu of its own in a config that the kernel's build wrote: General setup has its symbols. */
const CGROUP_NAME = /CGROUP|CPUSET|MEMCG|GROUP_SCHED|CFS_BANDWIDTH/;

export function isCgroupSymbol(symbol: string, configs: readonly KernelConfig[]): boolean {
  return configs.some((config) => isAboutCgroups(symbol, menuOf(config, symbol)));
}

/** @param menu From the top. */
export function isAboutCgroups(symbol: string, menu: readonly string[]): boolean {
  return CGROUP_NAME.test(symbol) || menu.some((title) => CGROUP_MENU.test(title));
}
