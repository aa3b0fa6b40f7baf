import type { z } from 'zod';
import { findPlace, type SourceDocument, spanOf } from './document.ts';
import { faultOfValue, missingKey, type SchemaNode, unknownKey } from './issue-words.ts';
import type { Problem } from './problem.ts';
import type { CheckDetails } from './schema-checks.ts';
import { suggestName } from './suggest.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/**
 * Translates zod's issues into our own words, with their places in the text. Leaves out what merely
 * follows from a value that could not be read: that has been reported already.
 * @param schema The JSON Schema of the same file: it has the words for what is expected.
 */
export function problemsOfIssues(
  issues: readonly Issue[],
  document: SourceDocument,
  schema: SchemaNode,
): Problem[] {
  const misspelt = misspeltKeys(issues, schema);
  return issues
    .filter((issue) => !missingPaths(issue, document).some((path) => misspelt.has(idOf(path))))
    .flatMap((issue) => problemsOfIssue(issue, document, schema));
}

/**
 * Paths of known keys that a misspelt key resembles: these need not be reported as missing, too.
 */
function misspeltKeys(issues: readonly Issue[], schema: SchemaNode): ReadonlySet<string> {
  const paths = issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [];
    const known = Object.keys(mappingOf(nodeAt(schema, issue.path)).properties ?? {});
    return issue.keys.map((key) => [...issue.path, suggestName(key, known)]);
  });
  return new Set(paths.map(idOf));
}

/** The paths that an issue reports as missing. */
function missingPaths(issue: Issue, { root }: SourceDocument): readonly Path[] {
  if (issue.code !== 'custom') return findPlace(root, issue.path).isMissing ? [issue.path] : [];
  const { missing = [] } = issue.params as unknown as CheckDetails;
  return missing.map((key) => [...issue.path, key]);
}

function idOf(path: readonly unknown[]): string {
  return JSON.stringify(path);
}

function problemsOfIssue(issue: Issue, document: SourceDocument, schema: SchemaNode): Problem[] {
  const { place, isMissing, isBroken } = findPlace(document.root, issue.path);
  if (isBroken) return [];
  const node = nodeAt(schema, issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      ...unknownKey(key, issue.path, mappingOf(node)),
      ...spanOf(place.children.get(key) ?? place, 'key'),
    }));
  }
  if (issue.code === 'custom') return [problemOfCheck(issue, document)];
  if (isMissing) return [{ ...missingKey(issue.path, node), ...spanOf(place, 'key') }];
  if (issue.code === 'invalid_union') {
    const branch = issue.errors.find((issues) => !issues.some(isAboutWholeType));
    if (branch !== undefined) {
      return branch.flatMap((inner) => {
        const path = [...issue.path, ...inner.path];
        return problemsOfIssue({ ...inner, path } as Issue, document, schema);
      });
    }
  }
  const fault = faultOfValue(issue, place.value, place.source ?? '', node);
  return [{ ...fault, ...spanOf(place, 'value') }];
}

function isAboutWholeType({ code, path }: Issue): boolean {
  return code === 'invalid_type' && path.length === 0;
}

function problemOfCheck(issue: z.core.$ZodIssueCustom, { root }: SourceDocument): Problem {
  const { atKey, earlier, missing, ...details } = issue.params as unknown as CheckDetails;
  const { place } = findPlace(root, issue.path);
  const problem = {
    message: issue.message,
    ...details,
    ...spanOf(place, atKey ? 'key' : 'value'),
  };
  if (earlier === undefined) return problem;
  const other = findPlace(root, [...issue.path.slice(0, -1), earlier]).place;
  return { ...problem, earlier: spanOf(other, atKey ? 'key' : 'value').start };
}

/** Of what may be a text or a mapping, the mapping. */
function mappingOf(node: SchemaNode): SchemaNode {
  if (node.type === 'object') return node;
  const branch = node.anyOf?.find((one) => (one as SchemaNode).type === 'object');
  return (branch ?? node) as SchemaNode;
}

function nodeAt(root: SchemaNode, path: Path): SchemaNode {
  let node = root;
  for (const key of path) {
    const next =
      typeof key === 'number'
        ? [node, ...(node.anyOf ?? [])].map((branch) => (branch as SchemaNode).items).find(Boolean)
        : (mappingOf(node).properties?.[String(key)] ?? mappingOf(node).additionalProperties);
    if (typeof next !== 'object' || Array.isArray(next)) return {};
    node = next as SchemaNode;
  }
  return node;
}
