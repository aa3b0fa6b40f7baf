import { readFileSync } from 'node:fs';
import { UsageError } from '../errors.ts';
import type { Problem } from '../matrix/problem.ts';
import { renderProblems } from '../matrix/render-problems.ts';

/** What kind of file it is, in words for the user. */
export interface CheckedFile {
  readonly file: string;
  /** `the matrix file` */
  readonly what: string;
  /** The prefix of its error codes. */
  readonly code: string;
  /** What to do if it cannot be read. */
  readonly remedy: string;
}

type Invalid = { readonly isValid: false; readonly problems: readonly Problem[] };

/** Reads and parses a file that a user wrote. Throws a UsageError that lists all of its faults. */
export function loadChecked<T extends { readonly isValid: true }>(
  { file, what, code, remedy }: CheckedFile,
  parse: (text: string) => T | Invalid,
): T & { readonly text: string } {
  const text = read();
  const parsed = parse(text);
  if (parsed.isValid) return { ...parsed, text };
  const { problems } = parsed;
  const count = problems.length === 1 ? 'a fault' : `${problems.length} faults`;
  throw new UsageError(`${file} has ${count}`, {
    code: `${code}_FAULTS`,
    output: renderProblems(text, problems, { file }),
  });

  function read(): string {
    try {
      return readFileSync(file, 'utf8');
    } catch (cause) {
      throw new UsageError(`cannot read ${what} ${file}: ${(cause as Error).message}`, {
        code: `${code}_UNREADABLE`,
        remedy,
        cause,
      });
    }
  }
}
