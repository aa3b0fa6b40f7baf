/** Kernels as they are built for configs. */
import { buildOf, type Cell } from './cell.ts';
import {
  type KconfigRequest,
  type KernelSource,
  type Matrix,
  namedValue,
  type TreeSource,
} from './matrix.ts';

/** A kernel that cells boot: one of the matrix, or one that is built for a config. */
export interface KernelBuild {
  /** As in `buildOf`. */
  readonly name: string;
  /** Its name on the axis. */
  readonly kernel: string;
  readonly source: KernelSource;
  /** What the config requests. */
  readonly request?: ConfigRequest;
}

export interface ConfigRequest {
  /** The name of the config. */
  readonly config: string;
  readonly kconfig: KconfigRequest;
}

/** The name of the kernel that is built for a config, unless the kernel does for every config. */
export function buildName(
  { kernels, configs }: Pick<Matrix, 'kernels' | 'configs'>,
  { kernel, config }: Pick<Cell, 'kernel' | 'config'>,
): string | undefined {
  if (namedValue(configs, config).kconfig === undefined) return undefined;
  return canBeBuilt(namedValue(kernels, kernel)) ? `${kernel}+${config}` : undefined;
}

/**
 * A kernel of the matrix by its name, or as a config wants it: `debian-6.12`, `source-6.12+v1-on`. Undefined if
 * there is none of that name.
 */
export function findBuild(
  { kernels, configs }: Pick<Matrix, 'kernels' | 'configs'>,
  name: string,
): KernelBuild | undefined {
  const [kernel = '', config, ...more] = name.split('+');
  const source = kernels.get(kernel);
  const guest = config === undefined ? undefined : configs.get(config);
  const isKnown = more.length === 0 && (config === undefined || guest !== undefined);
  if (source === undefined || !isKnown) return undefined;
  if (config === undefined || guest?.kconfig === undefined) return { name, kernel, source };
  return { name, kernel, source, request: { config, kconfig: guest.kconfig } };
}

/** What it is built from, if kmx has, or may have, to build it. */
export function treeOf(source: KernelSource): TreeSource | undefined {
  if (source.kind === 'source') return source.tree;
  return 'orBuild' in source ? source.orBuild : undefined;
}

/** Whether kmx has, or may have, to build it. */
export function canBeBuilt(source: KernelSource): boolean {
  return treeOf(source) !== undefined;
}

/** The kernels of some cells, each once, in their order. */
export function kernelBuilds(
  { kernels, configs }: Pick<Matrix, 'kernels' | 'configs'>,
  cells: readonly Pick<Cell, 'kernel' | 'config' | 'build'>[],
): readonly KernelBuild[] {
  const builds = new Map<string, KernelBuild>();
  for (const cell of cells) {
    const name = buildOf(cell);
    if (builds.has(name)) continue;
    const { kernel, config } = cell;
    const source = namedValue(kernels, kernel);
    const kconfig = cell.build === undefined ? undefined : namedValue(configs, cell.config).kconfig;
    const request = kconfig && { request: { config, kconfig } };
    builds.set(name, { name, kernel, source, ...request });
  }
  return [...builds.values()];
}
