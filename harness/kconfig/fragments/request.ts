/** One line of a fragment: the value that is requested for a symbol. */
export interface Request {
  /** Without `CONFIG_`. */
  readonly symbol: string;
  /** As a `.config` has it: `y`, `m`, `250`, `0x1000`, `"text"`; `n` for `# CONFIG_X is not set`, too. */
  readonly value: string;
  /** For people: the path of a fragment, or where in the matrix a list is. */
  readonly file: string;
  /** Counted from 1; absent where a list has no lines. */
  readonly line?: number;
}

/** By symbol: the request that wins. */
export type Wanted = ReadonlyMap<string, Request>;
