/** Versions of Linux from which a symbol is there, or no longer there. */
export interface SymbolHistory {
  /** First version that has it: `6.11`. */
  readonly since?: string;
  /** First version that lacks it. */
  readonly until?: string;
  /** What happened, for people: `split from MEMCG`. */
  readonly note?: string;
}
