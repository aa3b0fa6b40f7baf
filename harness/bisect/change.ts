/**
 * Differences of two complete configurations of one tree, as what a search can change. A symbol that one of
 * them does not have and that is off in the other is off in both: the same tree says the same of it.
 */
import { diffConfigs } from '../kconfig/diff-configs.ts';
import { type KernelConfig, stateOf } from '../kconfig/kernel-config.ts';
import type { KconfigTree } from '../kconfig/language/kconfig-tree.ts';
import type { ChangeSet } from './probe.ts';

/** A symbol that a configuration can be given another value of. */
export interface Change {
  readonly symbol: string;
  /** `n` for off, and for a symbol that is not there. */
  readonly from: string;
  readonly to: string;
}

export interface Changes {
  /** By symbol. */
  readonly changes: ReadonlyMap<string, Change>;
  /** Symbols that also differ, but only follow others: they cannot be set. */
  readonly following: readonly string[];
}

/** From one effective configuration to another one of the same tree. */
export function changesBetween(from: KernelConfig, to: KernelConfig, tree: KconfigTree): Changes {
  const changes = new Map<string, Change>();
  const following: string[] = [];
  for (const { symbol } of diffConfigs([from, to])) {
    const change = { symbol, from: effectOf(from, symbol), to: effectOf(to, symbol) };
    if (change.from === change.to) continue;
    const canBeSet = (tree.symbols.get(symbol)?.prompts.length ?? 0) > 0;
    if (canBeSet) changes.set(symbol, change);
    else following.push(symbol);
  }
  return { changes, following };
}

/** The value as a `.config` has it, or `n`. */
export function effectOf(config: KernelConfig, symbol: string): string {
  const state = stateOf(config, symbol);
  return state.kind === 'value' ? state.value : 'n';
}

/**
 * The text of a configuration with some of the changes, to be completed by `olddefconfig`. Symbols that
 * only follow are left out, so that they follow.
 */
export function configWith(
  from: KernelConfig,
  { changes, following }: Changes,
  made: ChangeSet,
): string {
  const left = new Set(following);
  const own = [...from.symbols.keys()].filter(
    (symbol) => !left.has(symbol) && !changes.has(symbol),
  );
  return [
    ...own.map((symbol) => lineOf(symbol, effectOf(from, symbol))),
    ...[...changes.values()].map((change) =>
      lineOf(change.symbol, made.has(change.symbol) ? change.to : change.from),
    ),
  ].join('');
}

/** Those that an effective configuration has. */
export function changesIn(config: KernelConfig, { changes }: Changes): ChangeSet {
  const made = [...changes.values()].filter(({ symbol, to }) => effectOf(config, symbol) === to);
  return new Set(made.map(({ symbol }) => symbol));
}

/** As a `.config` has it. */
export function lineOf(symbol: string, value: string): string {
  return value === 'n' ? `# CONFIG_${symbol} is not set\n` : `CONFIG_${symbol}=${value}\n`;
}
