import { buildMatrix } from './build.ts';
import { checkNames } from './check-names.ts';
import { readDocument, type SourceDocument } from './document.ts';
import { problemsOfIssues } from './issues.ts';
import type { Matrix } from './matrix.ts';
import type { Problem, ProblemCode } from './problem.ts';
import { matrixJsonSchema, matrixSchema } from './schema.ts';

/** Either a faultless matrix, or all faults of the file in the order of its lines. */
export type ParsedMatrix =
  | { readonly isValid: true; readonly matrix: Matrix }
  | { readonly isValid: false; readonly problems: readonly Problem[] };

/** What a file lacks may come after the place where it stopped being YAML. */
const ABOUT_ABSENCE: readonly ProblemCode[] = ['MISSING_KEY', 'EMPTY'];

/**
 * Reads a matrix file. Never throws, whatever the text. Relative paths in it are resolved against
 * its own folder.
 * @param file The file's path, as the user named it. It is not opened.
 */
export function parseMatrix(text: string, { file }: { readonly file: string }): ParsedMatrix {
  const document = readDocument(text);
  const parsed = matrixSchema.safeParse(document.root.value);
  const problems = [...document.problems, ...contentProblems(document, parsed.error?.issues ?? [])];
  if (parsed.success && problems.length === 0) {
    return { isValid: true, matrix: buildMatrix(parsed.data, document.root, file) };
  }
  return { isValid: false, problems: problems.sort((one, other) => one.start - other.start) };
}

/** The problems that do not merely follow from where the text stopped being YAML. */
export function keepCertain(problems: readonly Problem[], brokenFrom: number): readonly Problem[] {
  return problems.filter(({ code, end }) => end < brokenFrom && !ABOUT_ABSENCE.includes(code));
}

function contentProblems(
  document: SourceDocument,
  issues: Parameters<typeof problemsOfIssues>[0],
): readonly Problem[] {
  const schema = issues.length === 0 ? {} : matrixJsonSchema();
  const problems = problemsOfIssues(issues, document, schema);
  const { brokenFrom } = document;
  if (brokenFrom === undefined) return [...problems, ...checkNames(document.root)];
  return keepCertain(problems, brokenFrom);
}
