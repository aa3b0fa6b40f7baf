import type { KernelConfig } from '../kernel-config.ts';
import type { ValueOf } from './evaluate.ts';
import type { KconfigSymbol, KconfigTree } from './kconfig-tree.ts';

/** What an effective configuration says of a tree's symbols: the form that expressions are evaluated with. */
export function valuesIn({ symbols }: KernelConfig, tree: KconfigTree): ValueOf {
  return (name) => {
    const value = symbols.get(name);
    if (value !== undefined) return withoutQuotes(value);
    const symbol = tree.symbols.get(name);
    return symbol && (isText(symbol) ? '' : 'n');
  };
}

/** Whether its values are texts and numbers, and not `y`, `m` and `n`. */
export function isText({ type }: KconfigSymbol): boolean {
  return type === 'string' || type === 'int' || type === 'hex';
}

/** The value as expressions see it: a text without its quotation marks. */
export function withoutQuotes(value: string): string {
  if (value.length < 2 || !value.startsWith('"') || !value.endsWith('"')) return value;
  return value.slice(1, -1).replace(/\\(.)/g, '$1');
}
