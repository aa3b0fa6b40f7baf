/** `kmx kernels config show`: the configuration of a kernel, or the symbols that match some words. */
import { UsageError } from '../../../errors.ts';
import { findNearNames } from '../../../kconfig/fragments/near-names.ts';
import { type KernelConfig, menuOf } from '../../../kconfig/kernel-config.ts';
import { count } from '../../../phrases.ts';
import { toLine } from '../../../text.ts';
import { EXIT_CODES } from '../../exit-codes.ts';
import { type ConfigOptions, findNamedConfig, type NamedConfig } from './named-config.ts';

export interface ShowOptions extends ConfigOptions {
  /** Only what is set. */
  readonly set?: boolean;
  readonly json?: boolean;
}

/** @param words Only symbols that have all of them, in their names or in the titles of their menus. */
export async function showConfig(
  kernel: string,
  words: readonly string[],
  options: ShowOptions,
): Promise<number> {
  const named = await findNamedConfig(kernel, options);
  const symbols = selectSymbols(named.config, words, options.set === true);
  if (symbols.length === 0) throw nothingFound(named, words);
  const text =
    options.json === true
      ? `${JSON.stringify(Object.fromEntries(symbols.map((one) => [one, valueFor(named.config, one)])), undefined, 2)}\n`
      : renderShown(named, symbols);
  process.stdout.write(text);
  return EXIT_CODES.good;
}

/** In the order of the file. */
export function selectSymbols(
  config: KernelConfig,
  words: readonly string[],
  isSetOnly: boolean,
): readonly string[] {
  const wanted = words.map((word) => word.replace(/^CONFIG_/, '').toLowerCase());
  return [...config.symbols.keys()].filter((symbol) => {
    if (isSetOnly && config.symbols.get(symbol) === undefined) return false;
    const text = [symbol, ...menuOf(config, symbol)].join('\n').toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

/** A file that can be used as a fragment, with the symbols of a menu side by side. */
export function renderShown(
  { name, config, from, release }: NamedConfig,
  symbols: readonly string[],
): string {
  const all = count(config.symbols.size, 'symbol');
  const shown = symbols.length === config.symbols.size ? all : `${symbols.length} of ${all}`;
  const head = [
    name,
    ...(release === '' ? [] : [release]),
    ...(from === name ? [] : [from]),
    shown,
  ];
  const lines = [`# ${head.map((part) => toLine(part)).join(', ')}`];
  const byMenu = Map.groupBy(symbols, (symbol) => menuOf(config, symbol).join(' › '));
  // Symbols outside of menus come before the first heading, or they would seem to be below one.
  const outside = byMenu.get('') ?? [];
  byMenu.delete('');
  lines.push(...outside.map((symbol) => renderSymbol(config, symbol)));
  for (const [menu, members] of byMenu) {
    lines.push('', `# ${toLine(menu)}`, ...members.map((symbol) => renderSymbol(config, symbol)));
  }
  return `${lines.join('\n')}\n`;
}

function renderSymbol({ symbols }: KernelConfig, symbol: string): string {
  const value = symbols.get(symbol);
  const line = value === undefined ? `# CONFIG_${symbol} is not set` : `CONFIG_${symbol}=${value}`;
  return toLine(line, LINE_MAX);
}

/** Longer than any line of a configuration that was read. */
const LINE_MAX = 100_000;

function valueFor(config: KernelConfig, symbol: string): string {
  return config.symbols.get(symbol) ?? 'n';
}

function nothingFound({ name, config }: NamedConfig, words: readonly string[]): UsageError {
  const asked = words.map((word) => word.replace(/^CONFIG_/, '').toUpperCase());
  const near = asked.flatMap((word) => findNearNames(word, config.symbols.keys()));
  return new UsageError(
    `${name} has no symbol with ${words.map((word) => `"${word}"`).join(' and ')}`,
    {
      code: 'NO_SUCH_SYMBOL',
      remedy:
        near.length > 0
          ? `did you mean ${near.slice(0, 3).join(', or ')}?`
          : 'give fewer words: they are looked for in names of symbols and in titles of menus',
    },
  );
}
