import type { Expression, Operand } from './expression.ts';

/** What the Kconfig files of a source tree say, for one architecture. */
export interface KconfigTree {
  /** By name without `CONFIG_`, in the order in which they are first defined. */
  readonly symbols: ReadonlyMap<string, KconfigSymbol>;
  readonly choices: readonly KconfigChoice[];
  /** What could not be read, for people: `kernel/Kconfig:7: …`. Limited in number. */
  readonly problems: readonly string[];
  /** How many there were. */
  readonly problemCount: number;
}

export const SYMBOL_TYPES = ['bool', 'tristate', 'string', 'int', 'hex', 'unknown'] as const;
/** `unknown` for a symbol whose definitions name no type. */
export type SymbolType = (typeof SYMBOL_TYPES)[number];

/**
 * A symbol, from all its definitions. The conditions of its parts are as written; where there is more
 * than one definition, what a definition depends on is part of the conditions of its parts.
 */
export interface KconfigSymbol {
  readonly name: string;
  readonly type: SymbolType;
  /** Without a prompt that is visible, no fragment can set it. */
  readonly prompts: readonly Prompt[];
  /** All `depends on`, and those of the `if`, `menu` and `choice` around it. Absent: on nothing. */
  readonly dependsOn?: Expression;
  /** The first whose condition holds counts. */
  readonly defaults: readonly Default[];
  readonly selects: readonly SymbolLink[];
  readonly implies: readonly SymbolLink[];
  /** The first whose condition holds counts. */
  readonly ranges: readonly Range[];
  /** The one that it is a member of. */
  readonly choice?: KconfigChoice;
  /** Titles of the menus around its first definition, the outermost first. */
  readonly menus: readonly string[];
  readonly places: readonly Place[];
  /** Without indentation, as many lines as there are. */
  readonly help?: string;
  /** The one that decides whether there are modules: CONFIG_MODULES. */
  readonly isModules: boolean;
}

export interface Prompt {
  readonly text: string;
  /** The prompt's own `if`, and `visible if` of the menus around it; not what the symbol depends on. */
  readonly visibleIf?: Expression;
}

export interface Default {
  readonly value: Expression;
  readonly condition?: Expression;
}

/** `select SYMBOL if CONDITION`, `imply SYMBOL if CONDITION`. */
export interface SymbolLink {
  readonly symbol: string;
  readonly condition?: Expression;
}

export interface Range {
  readonly low: Operand;
  readonly high: Operand;
  readonly condition?: Expression;
}

/** A group of symbols of which one is on. */
export interface KconfigChoice {
  /** Of its prompt; empty if it has none. */
  readonly title: string;
  readonly type: SymbolType;
  readonly prompts: readonly Prompt[];
  readonly dependsOn?: Expression;
  readonly defaults: readonly Default[];
  /** Names of symbols, in their order. */
  readonly members: readonly string[];
  /** It may have no member that is on. */
  readonly isOptional: boolean;
  readonly place: Place;
}

export interface Place {
  /** Relative to the root of the tree. */
  readonly file: string;
  readonly line: number;
}
