/** What a search has measured so far: the file from which it is resumed, whatever it searches. */
import { z } from 'zod';
import { FLAVOURS } from '../matrix/matrix.ts';
import { OUTCOMES } from './outcome.ts';

/** Incremented when the format changes: a search is not resumed from another one. */
export const STATE_VERSION = 2;

const text = z.string();
const optional = z.exactOptional;
const words = z.array(text).readonly();

const stepSchema = z.strictObject({
  /** What was measured: the digest of a configuration, however that came about, or the label of a version. */
  key: text,
  /** Of its kernel: `good`, `step-3`, `debian-6.12.118-1`. */
  name: text,
  /** How many symbols are changed in its configuration. */
  changes: optional(z.int().nonnegative()),
  outcome: z.enum(OUTCOMES),
  verdict: optional(text),
  signature: optional(text),
  why: text,
  folder: text.describe('relative to that of the search'),
  durationMs: z.number().nonnegative(),
});

/** As the user gave them: what a resumed search is asked again. */
const asked = {
  matrix: text,
  test: words,
  expectFail: z.boolean().describe('any failure counts'),
  passes: z.int().positive().describe('of a kernel that is good'),
  repeat: z.int().positive().describe('the most measurements of a kernel'),
};

const askedConfigs = z.strictObject({
  ...asked,
  /** Kernels or files: where the changes begin and where they end. */
  from: text,
  to: text,
  tree: optional(text),
});

const askedVersions = z.strictObject({
  ...asked,
  good: text,
  bad: text,
  kernels: optional(words),
  suite: optional(words),
  flavour: z.enum(FLAVOURS),
});

const measured = {
  version: z.literal(STATE_VERSION),
  /** Digests of what outcomes depend on, by names that users know. */
  inputs: z.record(text, text),
  /** Of the failure that is looked for: given, or learned. */
  signature: optional(text),
  steps: z.array(stepSchema).readonly(),
};

const stateSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...measured, kind: z.literal('bisect'), asked: askedConfigs }),
  z.strictObject({ ...measured, kind: z.literal('minimize'), asked: askedConfigs }),
  z.strictObject({ ...measured, kind: z.literal('versions'), asked: askedVersions }),
]);

export type SearchState = z.infer<typeof stateSchema>;
export type SearchKind = SearchState['kind'];
/** Searches over configurations. */
export type ConfigSearchKind = 'bisect' | 'minimize';
export type StateOf<K extends SearchKind> = Extract<SearchState, { readonly kind: K }>;
export type AskedConfigs = z.infer<typeof askedConfigs>;
export type AskedVersions = z.infer<typeof askedVersions>;
export type Step = SearchState['steps'][number];

/** The command that each kind of search belongs to. */
export const SEARCH_COMMANDS: Readonly<Record<SearchKind, string>> = {
  bisect: 'kmx bisect config',
  minimize: 'kmx minimize config',
  versions: 'kmx bisect kernels',
};

export function formatState(state: SearchState): string {
  return `${JSON.stringify(state, undefined, 2)}\n`;
}

/** What is wrong with it, in a few words, printable. */
export type StateFault = { readonly fault: string };

export function parseState(content: unknown): SearchState | StateFault {
  const version = z.looseObject({ version: z.number() }).safeParse(content);
  if (version.success && version.data.version !== STATE_VERSION) {
    return { fault: `expected version ${STATE_VERSION}, found ${version.data.version}` };
  }
  const parsed = stateSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.join('.') ?? '';
  return { fault: `${place === '' ? '' : `${place}: `}${issue?.message ?? 'not readable'}` };
}
