import type { TestId } from '../events.ts';
import { matchesGlob, matchesWildcard } from '../matrix/patterns.ts';

/** Separates the file from the title in names of tests as people see them. */
const BREAK = ': ';

/** A test as patterns name it: `cpu/quota.spec.ts: CPU quota: reaches the cgroup`. */
export function nameTest({ file, title }: TestId): string {
  return file === title ? file : [file, ...title.split(' › ')].join(BREAK);
}

/**
 * A pattern is a glob for the file below `scenarios/` (`cpu/**`, or `boots`), or such a glob and,
 * behind `: `, a title, in which `*` stands for any text.
 */
export function matchesTest(test: TestId, pattern: string): boolean {
  if (!matchesGlob(test.file, fileGlobOf(pattern))) return false;
  const at = pattern.indexOf(BREAK);
  if (at === -1) return true;
  const title = nameTest(test).slice(test.file.length + BREAK.length);
  return matchesWildcard(title, pattern.slice(at + BREAK.length));
}

export function fileGlobOf(pattern: string): string {
  return pattern.split(BREAK, 1)[0] ?? '';
}
