/** `kmx kernels config explain`: what a symbol is, and what it is in each kernel of the matrix. */
import { InfraError, UsageError } from '../../../errors.ts';
import { findNearNames } from '../../../kconfig/fragments/near-names.ts';
import { describeState, stateOf } from '../../../kconfig/kernel-config.ts';
import { suggestName } from '../../../matrix/suggest.ts';
import { colorsFor } from '../../colors.ts';
import { EXIT_CODES } from '../../exit-codes.ts';
import { loadMatrixIfThere } from '../../load-matrix.ts';
import { outputWidth } from '../../output-width.ts';
import { describeSymbol } from './describe-symbol.ts';
import { type ExplainedSymbol, type KernelValue, renderExplained } from './explain-text.ts';
import { type ConfigOptions, findNamedConfig, type NamedConfig } from './named-config.ts';
import { findTree, type TreeAtHand, type TreeOptions } from './tree-at-hand.ts';
import { whyNotAtHand } from './why-not-at-hand.ts';

export interface ExplainOptions extends TreeOptions {
  /** Kernels of the matrix, or files; absent: all kernels of the matrix. */
  readonly kernel?: readonly string[];
  readonly json?: boolean;
}

export async function explainSymbol(argument: string, options: ExplainOptions): Promise<number> {
  const given = argument.replace(/^CONFIG_/, '').replace(/=.*$/, '');
  const matrix = loadMatrixIfThere(options.matrix);
  const names = options.kernel ?? [...(matrix?.kernels.keys() ?? [])];
  const [tree, ...kernels] = await Promise.all([
    findTree(options, matrix),
    // Those that are not there are said to be so, unless they were asked for.
    ...names.map((name) => findConfig(name, options, options.kernel !== undefined)),
  ]);
  const configs = kernels.filter((one) => 'config' in one);
  const symbol = [given, given.toUpperCase()].find((name) => isKnown(name, tree, configs));
  if (symbol === undefined) throw unknownSymbol(given.toUpperCase(), tree, configs);
  const explained: ExplainedSymbol = {
    symbol,
    kernels: kernels.map((one) => valueIn(one, symbol)),
    ...(typeof tree === 'string'
      ? { noTree: tree }
      : { definition: describeSymbol(symbol, tree, configOfTree(tree, configs)) }),
  };
  const text =
    options.json === true
      ? `${JSON.stringify(explained, undefined, 2)}\n`
      : renderExplained(explained, {
          colors: colorsFor(process.stdout, process.env),
          width: outputWidth(),
        });
  process.stdout.write(text);
  return EXIT_CODES.good;
}

interface Missing {
  readonly name: string;
  readonly why: string;
}

async function findConfig(
  name: string,
  options: ConfigOptions,
  isAsked: boolean,
): Promise<NamedConfig | Missing> {
  try {
    return await findNamedConfig(name, isAsked ? options : { ...options, offline: true });
  } catch (error) {
    const isExpected = error instanceof InfraError || error instanceof UsageError;
    if (isAsked || !isExpected) throw error;
    return { name, why: whyNotAtHand(error) };
  }
}

function valueIn(one: NamedConfig | Missing, symbol: string): KernelValue {
  if ('why' in one) return one;
  const { name, config, release } = one;
  return { name, release, value: describeState(stateOf(config, symbol)) };
}

/**
 * The one whose values are shown beside what the symbol depends on: that of the sources if it is among them, else the
 * first one of their version; undefined if none fits.
 */
function configOfTree(
  { kernel, version }: TreeAtHand,
  configs: readonly NamedConfig[],
): NamedConfig | undefined {
  const [series] = /^\d+\.\d+/.exec(version) ?? [];
  const own = configs.find(({ name }) => name === kernel || name.startsWith(`${kernel}+`));
  return (
    own ??
    configs.find(({ config }) => config.version === version) ??
    configs.find(({ config }) => config.version?.startsWith(`${series}.`))
  );
}

function isKnown(
  symbol: string,
  tree: TreeAtHand | string,
  configs: readonly NamedConfig[],
): boolean {
  if (typeof tree !== 'string' && tree.kconfig.symbols.has(symbol)) return true;
  return configs.some(({ config }) => config.symbols.has(symbol));
}

function unknownSymbol(
  symbol: string,
  tree: TreeAtHand | string,
  configs: readonly NamedConfig[],
): UsageError {
  const names = new Set([
    ...(typeof tree === 'string' ? [] : tree.kconfig.symbols.keys()),
    ...configs.flatMap(({ config }) => [...config.symbols.keys()]),
  ]);
  const near = findNearNames(symbol, names);
  const other = suggestName(symbol, [...names]);
  const found = near.length > 0 ? near : other === undefined ? [] : [other];
  const places =
    typeof tree === 'string' ? 'no kernel at hand' : 'neither the sources nor a kernel at hand';
  return new UsageError(`${places} has a symbol ${symbol}`, {
    code: 'NO_SUCH_SYMBOL',
    remedy:
      found.length > 0
        ? `did you mean ${found.join(', or ')}?`
        : 'name sources that have it with --tree FOLDER, or kernels with --kernel',
  });
}
