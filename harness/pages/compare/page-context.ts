/** What many parts of the page need. */
export interface PageContext {
  /** Of the columns. */
  readonly names: readonly string[];
  /** Of each column, the folder of its run as seen from the page; undefined: not to be linked. */
  readonly folders: readonly (string | undefined)[];
  /** Of each column, the ids of the cells that have a folder of logs in it: not all of them ran. */
  readonly logged: readonly ReadonlySet<string>[];
  /** Those of the configuration that have a row on the page. */
  readonly symbols: ReadonlySet<string>;
  /** Arguments of kmx as a command that the reader can type. */
  readonly commandLine: (words: readonly string[]) => string;
}
