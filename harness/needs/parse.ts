import { type Place, readDocument, type SourceDocument } from '../matrix/document.ts';
import { problemsOfIssues } from '../matrix/issues.ts';
import { keepCertain } from '../matrix/parse.ts';
import type { Problem } from '../matrix/problem.ts';
import type { AgentNeeds } from './agent-needs.ts';
import { buildAgents, buildFeatures } from './build.ts';
import { checkFeatureNames, checkNeedNames } from './check-names.ts';
import type { Features } from './feature.ts';
import { featuresJsonSchema, featuresSchema, needsJsonSchema, needsSchema } from './schema.ts';

type Invalid = { readonly isValid: false; readonly problems: readonly Problem[] };

export type ParsedFeatures = { readonly isValid: true; readonly features: Features } | Invalid;
export type ParsedNeeds =
  | { readonly isValid: true; readonly agents: readonly AgentNeeds[] }
  | Invalid;

export interface FeatureContext {
  /** What the file adds to, or overrides. */
  readonly known?: Features;
  /** The existing spec files, below `scenarios/`; absent: patterns of tests are not checked. */
  readonly scenarios?: readonly string[];
}

/** Reads a `features.yaml`. Never throws, whatever the text. */
export function parseFeatures(
  text: string,
  { known = new Map(), scenarios }: FeatureContext = {},
): ParsedFeatures {
  const document = readDocument(text);
  const parsed = featuresSchema.safeParse(document.root.value);
  const problems = problemsOf(document, parsed.error?.issues ?? [], featuresJsonSchema, (root) =>
    checkFeatureNames(root, known, scenarios),
  );
  if (!parsed.success || problems.length > 0) return { isValid: false, problems };
  return { isValid: true, features: buildFeatures(parsed.data) };
}

/** Reads one of the other files of `needs/`. Never throws, whatever the text. */
export function parseNeeds(
  text: string,
  { known, scenarios }: FeatureContext & { readonly known: Features },
): ParsedNeeds {
  const document = readDocument(text);
  const parsed = needsSchema.safeParse(document.root.value);
  const problems = problemsOf(document, parsed.error?.issues ?? [], needsJsonSchema, (root) =>
    checkNeedNames(root, known, scenarios),
  );
  if (!parsed.success || problems.length > 0) return { isValid: false, problems };
  return { isValid: true, agents: buildAgents(parsed.data) };
}

function problemsOf(
  document: SourceDocument,
  issues: Parameters<typeof problemsOfIssues>[0],
  schema: () => Parameters<typeof problemsOfIssues>[2],
  check: (root: Place) => readonly Problem[],
): readonly Problem[] {
  const { root, brokenFrom } = document;
  const ofContent = [
    // The schema has the words for faults, and takes time to make.
    ...problemsOfIssues(issues, document, issues.length === 0 ? {} : schema()),
    ...check(root),
  ];
  const certain = brokenFrom === undefined ? ofContent : keepCertain(ofContent, brokenFrom);
  return [...document.problems, ...certain].sort((one, other) => one.start - other.start);
}
