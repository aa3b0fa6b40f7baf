/** What a search has measured so far: the file from which it is resumed. */
import { z } from 'zod';
import { OUTCOMES } from './outcome.ts';

/** Incremented when the format changes: a search is not resumed from another one. */
export const STATE_VERSION = 1;

const text = z.string();
const optional = z.exactOptional;

const stepSchema = z.strictObject({
  /** Of its configuration: what was measured with it counts for it, however it came about. */
  config: text,
  /** Of its kernel: `good`, `step-3`. */
  name: text,
  /** How many changes it has. */
  changes: z.int().nonnegative(),
  outcome: z.enum(OUTCOMES),
  verdict: optional(text),
  signature: optional(text),
  why: text,
  folder: text.describe('relative to that of the search'),
  durationMs: z.number().nonnegative(),
});

const stateSchema = z.strictObject({
  version: z.literal(STATE_VERSION),
  /** Which command it belongs to. */
  kind: z.enum(['bisect', 'minimize']),
  /** As the user gave them: what a resumed search is asked again. */
  asked: z.strictObject({
    matrix: text,
    /** Kernels or files: where the changes begin and where they end. */
    from: text,
    to: text,
    tree: optional(text),
    test: z.array(text),
    expectFail: z.boolean().describe('any failure counts'),
    passes: z.int().positive().describe('of a kernel that is good'),
    repeat: z.int().positive().describe('the most measurements of a kernel'),
  }),
  /** Digests of what outcomes depend on, by names that users know. */
  inputs: z.record(text, text),
  /** Of the failure that is looked for. */
  signature: optional(text),
  steps: z.array(stepSchema),
});

export type SearchState = z.infer<typeof stateSchema>;
export type Asked = SearchState['asked'];
export type Step = SearchState['steps'][number];

export function formatState(state: SearchState): string {
  return `${JSON.stringify(state, undefined, 2)}\n`;
}

/** One sentence about what is wrong with it, printable. */
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
