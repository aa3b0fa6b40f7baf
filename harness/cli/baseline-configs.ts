/** How the configurations of a run's kernels differ from those of its baseline. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BaselineFacts, ConfigChange } from '../events.ts';
import { diffConfigs, type SymbolDifference } from '../kconfig/diff-configs.ts';
import { describeState, type KernelConfig } from '../kconfig/kernel-config.ts';
import { parseKernelConfig } from '../kconfig/parse-config.ts';
import { readConfigFile } from '../kernels/config/config-files.ts';
import { CONFIGS_FOLDER } from '../kernels/config/run-configs.ts';
import type { Features } from '../needs/feature.ts';
import type { RunBaseline } from '../run/baseline-configs.ts';
import { toLine } from '../text.ts';
import { configsBeside } from './baseline.ts';
import { shownFolder } from './shown-folder.ts';

/** So many symbols tell where to look; `kmx compare --runs` lists them all. */
const SYMBOLS_MAX = 30;
const SYMBOL_LENGTH_MAX = 120;

/**
 * @param folder The run's.
 * @param features Their symbols come first: agents need them.
 */
export function createConfigDiff(
  baseline: Pick<BaselineFacts, 'from' | 'folder' | 'kernels'>,
  folder: string,
  features: Features,
): RunBaseline['diffConfig'] {
  const needed = new Set(
    [...features.values()].flatMap(({ symbols }) => symbols.map(({ symbol }) => symbol)),
  );
  const theirs = join(configsBeside(baseline), CONFIGS_FOLDER);
  return async (kernel, digest) => {
    const before = baseline.kernels.find(({ name }) => name === kernel)?.config;
    if (before === undefined || before === digest) return undefined;
    if (!existsSync(theirs)) return missing(`the baseline has no ${shownFolder(theirs)}/`);
    const [old, own] = await Promise.all([
      readConfig(theirs, before),
      readConfig(join(folder, CONFIGS_FOLDER), digest),
    ]);
    if (typeof old === 'string') return missing(old);
    if (typeof own === 'string') return missing(own);
    const found = diffConfigs([old, own]);
    const first = [
      ...found.filter(({ symbol }) => needed.has(symbol)),
      ...found.filter(({ symbol }) => !needed.has(symbol)),
    ].slice(0, SYMBOLS_MAX);
    return { symbols: first.map(describe), count: found.length };
  };
}

function missing(why: string): ConfigChange {
  return { symbols: [], count: 0, missing: why };
}

function describe({ symbol, states }: SymbolDifference): string {
  const [before, now] = states.map(describeState);
  return toLine(`CONFIG_${symbol}: ${before} → ${now}`, SYMBOL_LENGTH_MAX);
}

/** The configuration, or why there is none. */
async function readConfig(folder: string, digest: string): Promise<KernelConfig | string> {
  try {
    const parsed = parseKernelConfig(await readConfigFile(folder, digest));
    if (parsed.kind === 'config') return parsed.config;
    return `expected a configuration in ${folder}, found ${parsed.looksLike}`;
  } catch (error) {
    return (error as Error).message;
  }
}
