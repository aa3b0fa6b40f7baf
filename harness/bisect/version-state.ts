/** What a bisect of versions has measured so far: the file from which it is resumed. */
import { z } from 'zod';
import { FLAVOURS } from '../matrix/matrix.ts';
import { OUTCOMES } from './outcome.ts';

/** Incremented when the format changes: a bisect is not resumed from another one. */
const STATE_VERSION = 1;

const text = z.string();
const optional = z.exactOptional;
const words = z.array(text).readonly();

const stepSchema = z.strictObject({
  /** What the kernel is called by: its version, or its name in the matrix. */
  label: text,
  outcome: z.enum(OUTCOMES),
  verdict: optional(text),
  signature: optional(text),
  why: text,
  /** Relative to that of the bisect. */
  folder: text,
  durationMs: z.number().nonnegative(),
});

const stateSchema = z.strictObject({
  version: z.literal(STATE_VERSION),
  kind: z.literal('versions'),
  /** As the user gave it: what a resumed bisect is asked again. */
  asked: z.strictObject({
    matrix: text,
    good: text,
    bad: text,
    test: words,
    kernels: optional(words),
    suite: optional(words),
    flavour: z.enum(FLAVOURS),
    expectFail: z.boolean(),
    passes: z.int().positive(),
    repeat: z.int().positive(),
  }),
  /** Digests of what outcomes depend on, by names that users know. */
  inputs: z.record(text, text),
  /** Of the failure that is looked for: given, or learned. */
  signature: optional(text),
  steps: z.array(stepSchema).readonly(),
});

export type VersionState = z.infer<typeof stateSchema>;
export type AskedVersions = VersionState['asked'];
export type VersionStep = VersionState['steps'][number];

export function emptyState(begin: Pick<VersionState, 'asked' | 'inputs'>): VersionState {
  return { version: STATE_VERSION, kind: 'versions', ...begin, steps: [] };
}

export function formatVersionState(state: VersionState): string {
  return `${JSON.stringify(state, undefined, 2)}\n`;
}

/** The state, or what is wrong with it, in a few words. */
export function parseVersionState(content: string): VersionState | { readonly fault: string } {
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch {
    return { fault: 'it is no JSON' };
  }
  const parsed = stateSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return { fault: `${issue?.path.join('.') || 'file'}: ${issue?.message ?? 'not readable'}` };
}
