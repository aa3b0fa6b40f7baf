/** What many parts of the page need. */
export interface PageContext {
  /** Of the columns. */
  readonly names: readonly string[];
  /** Of each column, the folder of its run as seen from the page; undefined: not to be linked. */
  readonly folders: readonly (string | undefined)[];
  /** Those of the configuration that have a row on the page. */
  readonly symbols: ReadonlySet<string>;
  /** Arguments of kmx as a command that the reader can type. */
  readonly commandLine: (words: readonly string[]) => string;
}
