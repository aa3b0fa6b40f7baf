import type { ReadConfig } from '../kernels/config/read-config.ts';

/** What is wrong with the text of a configuration, a line each. */
export function describeProblems({
  problems,
  problemCount,
}: Pick<ReadConfig, 'problems' | 'problemCount'>): readonly string[] {
  const shown = problems.map(({ line, column, message }) => `line ${line}:${column}: ${message}`);
  const more = problemCount - problems.length;
  return more > 0 ? [...shown, `… and ${more} more`] : shown;
}
