/** What advice says. Types and the JSON Schema in docs/ come from this definition. */
import { z } from 'zod';
import { VERDICTS } from '../verdict/verdict.ts';
import { reasonSchema } from './comparison.ts';

export const ADVICE_VERSION = 1;

const text = z.string();
const texts = z.array(text).readonly();
const count = z.int().nonnegative();
const optional = z.exactOptional;

/** What a change is a change of, smallest first. */
export const WAY_KINDS = [
  'again',
  'symbol',
  'boot-parameter',
  'config',
  'cgroup',
  'agent',
  'kernel',
] as const;
export type WayKind = (typeof WAY_KINDS)[number];

const impactSchema = z
  .strictObject({
    verdict: z.enum(VERDICTS),
    signature: optional(text),
    title: text,
    tests: z.array(z.strictObject({ file: text, title: text }).readonly()).readonly(),
    where: z
      .array(
        z
          .strictObject({ kernel: texts, config: texts, cgroup: texts })
          .readonly()
          .describe('every combination of these'),
      )
      .readonly()
      .describe('cells in which it happens'),
    cells: count.describe('so many cells have it'),
    good: count.describe('so many cells of this agent pass the same tests'),
    reasons: z.array(reasonSchema).readonly(),
    isTold: z.boolean(),
  })
  .readonly();

const proofSchema = z
  .strictObject({
    cell: text.describe('that fails'),
    by: text.describe('the cell in which the same tests pass'),
    pass: count.describe('tests that pass in it'),
    ran: count.describe('tests that were measured in it'),
  })
  .readonly();

const waySchema = z
  .strictObject({
    kind: z.enum(WAY_KINDS),
    text: text.describe('what to do: Use cgroup v2 with this kernel'),
    proven: z.array(proofSchema).readonly().describe('one for each failing cell that it helps'),
    unproven: texts.describe('failing cells that it may help'),
    command: optional(texts).describe(
      'arguments of kmx that would prove it for the first of these',
    ),
  })
  .readonly();

const agentAdviceSchema = z
  .strictObject({
    agent: text,
    cells: count,
    failing: count.describe('cells in which anything fails'),
    impacts: z
      .array(impactSchema)
      .readonly()
      .describe('what fails, by cause, the most cells first'),
    ways: z.array(waySchema).readonly().describe('changes that make cells pass, smallest first'),
    helpless: texts.describe('failing cells that nothing known helps'),
  })
  .readonly();

export const adviceSchema = z
  .strictObject({
    version: z.literal(ADVICE_VERSION),
    run: text,
    agents: z.array(agentAdviceSchema).readonly().describe('those that fail anywhere'),
    missing: texts.describe('what is not known, in sentences'),
  })
  .readonly();

export type Advice = z.infer<typeof adviceSchema>;
export type AgentAdvice = z.infer<typeof agentAdviceSchema>;
export type Impact = z.infer<typeof impactSchema>;
export type Way = z.infer<typeof waySchema>;
export type Proof = z.infer<typeof proofSchema>;
