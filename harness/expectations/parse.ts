import { type Place, readDocument } from '../matrix/document.ts';
import { problemsOfIssues } from '../matrix/issues.ts';
import type { Matrix } from '../matrix/matrix.ts';
import { keepCertain } from '../matrix/parse.ts';
import type { Problem } from '../matrix/problem.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { checkExpectations, checkExpectationsAlone } from './check.ts';
import type { Expectation } from './expectation.ts';
import { type ExpectationsFile, expectationsJsonSchema, expectationsSchema } from './schema.ts';

/** Either faultless expectations, or all faults of the file in the order of its lines. */
export type ParsedExpectations =
  | { readonly isValid: true; readonly expectations: readonly Expectation[] }
  | { readonly isValid: false; readonly problems: readonly Problem[] };

export interface ParseOptions {
  /** For whoever is about to replace them. */
  readonly allowsOldSignatures?: boolean;
}

/**
 * Reads a file of expectations about the cells of a matrix. Never throws, whatever the text.
 * @param scenarios The existing spec files, below `scenarios/`.
 */
export function parseExpectations(
  text: string,
  matrix: Matrix,
  scenarios: readonly string[],
  { allowsOldSignatures = false }: ParseOptions = {},
): ParsedExpectations {
  return parseChecked(text, (root) =>
    checkExpectations(root, matrix, scenarios).filter(
      ({ code }) => !(allowsOldSignatures && code === 'OLD_SIGNATURE'),
    ),
  );
}

/** The same where there is no matrix: names of cells and tests may be any. */
export function parseExpectationsAlone(text: string): ParsedExpectations {
  return parseChecked(text, checkExpectationsAlone);
}

function parseChecked(
  text: string,
  check: (root: Place) => readonly Problem[],
): ParsedExpectations {
  const document = readDocument(text);
  // A file without expectations may still have its comments.
  if (document.root.value === null && document.problems.length === 0) {
    return { isValid: true, expectations: [] };
  }
  const parsed = expectationsSchema.safeParse(document.root.value);
  const issues = parsed.error?.issues ?? [];
  const ofContent = [
    ...problemsOfIssues(issues, document, expectationsJsonSchema()),
    ...check(document.root),
  ];
  const { brokenFrom } = document;
  const problems = [
    ...document.problems,
    ...(brokenFrom === undefined ? ofContent : keepCertain(ofContent, brokenFrom)),
  ];
  if (!parsed.success || problems.length > 0) {
    return { isValid: false, problems: problems.sort((one, other) => one.start - other.start) };
  }
  const places = [...(document.root.children.get('expectations')?.children.values() ?? [])];
  const expectations = parsed.data.expectations.map((item, index) =>
    build(item, lineOf(text, places[index]?.span.start ?? 0)),
  );
  return { isValid: true, expectations };
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

type Item = ExpectationsFile['expectations'][number];

function build({ where, tests, signature, ...item }: Item, line: number): Expectation {
  const { name, title, link, since, owner, ...rest } = item;
  return {
    line,
    ...omitUndefined({ name }),
    where: omitUndefined({
      kernel: asListIf(where.kernel),
      config: asListIf(where.config),
      cgroup: asListIf(where.cgroup),
      agent: asListIf(where.agent),
      machine: asListIf(where.machine),
    }),
    ...rest,
    ...omitUndefined({
      tests: asListIf(tests),
      signatures: asListIf(signature),
      title,
      link,
      since,
      owner,
    }),
  };
}

function asListIf<T>(value: T | readonly T[] | undefined): readonly T[] | undefined {
  return value === undefined ? undefined : asList(value);
}

function asList<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}
