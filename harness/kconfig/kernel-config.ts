/** A kernel's configuration as its build wrote it: `.config`, `/boot/config-*`, `/proc/config.gz`. */
export interface KernelConfig {
  /**
   * Symbols without `CONFIG_`, in the order of the file: the value as written (`y`, `m`, `"text"`,
   * `250`, `0x1000`), or `undefined` for `# CONFIG_X is not set` and `CONFIG_X=n`, which are the same.
   */
  readonly symbols: ReadonlyMap<string, string | undefined>;
  /** The kernel's version, from the comment at the top: `6.12.117`, without what a builder appends. */
  readonly version?: string;
  /** CONFIG_CC_VERSION_TEXT without its quotation marks. */
  readonly compiler?: string;
  /** By symbol: the menus that it is in, the outermost first, as far as the file's comments tell. */
  readonly menus?: ReadonlyMap<string, readonly string[]>;
}

/**
 * What a configuration says of a symbol. "Offered and off" and "unknown" are not the same: Linux 6.1
 * does not know CPUSETS_V1 and has v1 cpusets; 6.12 offers it, and where it is off it has none.
 */
export type SymbolState =
  | { readonly kind: 'value'; readonly value: string }
  /** `# CONFIG_X is not set`: this kernel offers the symbol, and it is off. */
  | { readonly kind: 'off' }
  /** Not there yet, removed, or hidden by a dependency. */
  | { readonly kind: 'unknown' };

export function stateOf({ symbols }: KernelConfig, symbol: string): SymbolState {
  const value = symbols.get(symbol);
  if (value !== undefined) return { kind: 'value', value };
  return symbols.has(symbol) ? { kind: 'off' } : { kind: 'unknown' };
}

/** The menus that a symbol is in, the outermost first; empty if it is in none, or none is known. */
export function menuOf({ menus }: KernelConfig, symbol: string): readonly string[] {
  return menus?.get(symbol) ?? [];
}

export function isSameState(one: SymbolState, other: SymbolState): boolean {
  return describeState(one) === describeState(other);
}

/** For tables: `y`, `not set`, `–`. */
export function describeState(state: SymbolState): string {
  switch (state.kind) {
    case 'value':
      return state.value;
    case 'off':
      return 'not set';
    case 'unknown':
      return '–';
  }
}

/** How many symbols are `y`: a measure of a kernel's size. */
export function countBuiltIn({ symbols }: KernelConfig): number {
  return [...symbols.values()].filter((value) => value === 'y').length;
}
