import type { TestId } from '../events.ts';
import type { RunReport } from './schema.ts';

/** Titles are joined with this; what the filter of tests takes are words. */
const BETWEEN_TITLES = ' › ';

/** Arguments of `kmx` that run one test, or one cell, of a run again. */
export function reproduceWords(
  { profile }: Pick<RunReport, 'profile'>,
  cell: string,
  test?: TestId,
): readonly string[] {
  const words = ['run', '--no-cache', '--profile', profile, '--only', cell];
  if (test === undefined || test.file === 'boots') return words;
  return [...words, `:${test.title.replaceAll(BETWEEN_TITLES, ' ')}`];
}
