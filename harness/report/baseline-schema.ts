/** What changed since an earlier run, the baseline: a part of report.json. */
import { z } from 'zod';
import type { BaselineFacts, ConfigChange } from '../events.ts';
import { MISS_KINDS, VERDICTS } from '../verdict/verdict.ts';
import { machineFactsSchema } from './machine-facts-schema.ts';

/**
 * How a result differs from the baseline's, in the order of reports. `new`: it went wrong, and did not
 * before. `changed`: it goes wrong in another way. `lost`: it was measured, and is not any more: it is
 * skipped, a miss, or gone from the plan. `fixed`: it went wrong, and passes now. `added`: it passes, and
 * the baseline did not measure it.
 */
export const BASELINE_CHANGES = ['new', 'changed', 'lost', 'fixed', 'added'] as const;
export type BaselineChange = (typeof BASELINE_CHANGES)[number];

/** What a run is made from, as far as two runs may differ in it. */
export const BASELINE_INPUTS = [
  'kernel',
  'config',
  'agent',
  'scenarios',
  'matrix',
  'kmx',
  'machine',
  'Node.js',
  'host',
] as const;

const text = z.string();
const optional = z.exactOptional;
const count = z.int().nonnegative();
const verdict = z.enum(VERDICTS);

const resultSchema = z.strictObject({
  verdict,
  signature: optional(text),
  why: text.describe('one line; empty for a pass'),
});

const hitSchema = z.strictObject({
  cell: text,
  test: optional(z.strictObject({ file: text, title: text })).describe(
    'absent for a crash that no test claims',
  ),
  isExpected: optional(z.literal(true)).describe('an expectation says so'),
});

/** One cause, however many tests it hits. */
const changeSchema = z.strictObject({
  change: z.enum(BASELINE_CHANGES),
  now: optional(resultSchema).describe('absent if it is gone from the plan'),
  before: optional(resultSchema).describe(
    'absent if the baseline did not run it, or if it is not the same for all hits',
  ),
  elsewhere: optional(count.positive()).describe(
    'of new: in how many other tests the baseline had the same cause',
  ),
  hits: z.array(hitSchema),
});

const inputSchema = z.strictObject({
  kind: z.enum(BASELINE_INPUTS),
  name: optional(text).describe('of the kernel, config or agent'),
  before: optional(text).describe('absent if the baseline had none'),
  now: optional(text).describe('absent if this run has none'),
  details: z.array(text).describe('such as the symbols that differ: the first of them'),
  count: optional(count).describe('how many details there are'),
});

export const baselineSchema = z
  .strictObject({
    run: text,
    startedAt: z.iso.datetime(),
    from: text.describe('its folder or file, as the user named it'),
    inputs: z.array(inputSchema).describe('what differs in what the runs were made from'),
    changes: z.array(changeSchema).describe('in the order of their kinds, the gravest first'),
    missing: z.array(text).describe('what could not be compared, in sentences'),
  })
  .describe('what changed since an earlier run');

export type BaselineReport = z.infer<typeof baselineSchema>;
export type ChangeReport = BaselineReport['changes'][number];
export type ChangedInput = BaselineReport['inputs'][number];

/** What an event says of the baseline: see BaselineFacts. */
export const baselineFactsSchema = z.strictObject({
  run: text,
  startedAt: z.iso.datetime(),
  from: text,
  folder: optional(text),
  profile: text,
  filter: optional(text),
  isFiltered: z.boolean(),
  isInterrupted: z.boolean(),
  matrix: optional(text),
  inputs: optional(z.record(text, text)),
  host: z.strictObject({
    kmx: text,
    node: text,
    machines: z.array(machineFactsSchema).readonly(),
    kernel: optional(text),
    cpus: optional(count),
    memoryMib: optional(z.number()),
  }),
  kernels: z.array(
    z.strictObject({
      name: text,
      release: text,
      digest: text,
      origin: optional(text),
      config: optional(text),
    }),
  ),
  tests: z.array(z.strictObject({ file: text, title: text })),
  results: z.array(
    z.strictObject({
      verdict,
      signature: optional(text),
      why: text,
      missKind: optional(z.enum(MISS_KINDS)),
      beside: optional(z.array(z.strictObject({ signature: text, title: text }))),
    }),
  ),
  cells: z.array(z.strictObject({ id: text, results: z.array(z.array(count)) })),
}) satisfies z.ZodType<BaselineFacts>;

export const configChangeSchema = z.strictObject({
  symbols: z.array(text),
  count,
  missing: optional(text),
}) satisfies z.ZodType<ConfigChange>;
