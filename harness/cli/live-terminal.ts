/**
 * Whether progress can be redrawn on a stream: it must be a terminal that knows its width, which one without a window
 * (`script` in a job, a serial line) does not, and nobody watches a CI job's.
 */
export function isLiveTerminal(
  { isTTY, columns }: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>,
  { CI }: NodeJS.ProcessEnv,
): boolean {
  return isTTY && columns > 0 && !CI;
}
