/** Which lines of a run's logs are inlined into its page. */
export interface PageLogs {
  /** Lines of a log from its beginning; undefined: it is linked instead. */
  linesOf(cell: string, guest: number, file: string): readonly string[] | undefined;
}
