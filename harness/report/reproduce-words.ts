import { join } from 'node:path';
import type { TestId } from '../events.ts';
import { DEFAULT_MATRIX, expectationsBeside } from '../matrix/default-files.ts';
import type { RunReport } from './schema.ts';

/** Titles are joined with this; what the filter of tests takes are words. */
const BETWEEN_TITLES = ' › ';

export type StartedFrom = Pick<
  RunReport,
  'profile' | 'matrix' | 'expectationsFile' | 'qemu' | 'buildIn' | 'lock'
>;

/** Arguments of `kmx` that run one test, or one cell, of a run again, from the files that the run was started with. */
export function reproduceWords(run: StartedFrom, cell: string, test?: TestId): readonly string[] {
  // What `--only` takes comes last.
  const place = run.qemu === undefined ? [] : ['--qemu', run.qemu];
  const build = run.buildIn === undefined ? [] : ['--build-in', run.buildIn];
  const lock = run.lock?.isEnforced === true ? ['--locked'] : [];
  const started = ['--profile', run.profile, ...fileWords(run), ...place, ...build, ...lock];
  const words = ['run', '--no-cache', ...started, '--only', cell];
  if (test === undefined || test.file === 'boots') return words;
  return [...words, `:${test.title.replaceAll(BETWEEN_TITLES, ' ')}`];
}

/** Options of `kmx` that name a run's files; none for those that it would take anyway. */
export function fileWords({
  matrix,
  expectationsFile = expectationsBeside(matrix),
}: Omit<StartedFrom, 'profile'>): readonly string[] {
  const isDefault = join(expectationsFile) === expectationsBeside(matrix);
  return [
    ...(join(matrix) === DEFAULT_MATRIX ? [] : ['--matrix', matrix]),
    ...(isDefault ? [] : ['--expectations', expectationsFile]),
  ];
}
