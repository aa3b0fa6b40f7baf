/** What changed since an earlier run, the baseline: a part of report.json. */
import { z } from 'zod';
import { VERDICTS } from '../verdict/verdict.ts';

/**
 * How a result differs from the baseline's, in the order of reports. `new`: it went wrong, and did not
 * before. `changed`: it goes wrong in another way. `lost`: it was measured, and is skipped now or gone
 * from the plan. `fixed`: it went wrong, and does not any more. `added`: a good result of what the
 * baseline did not run.
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
  'QEMU',
  'accelerator',
  'kmx',
  'Node.js',
  'host',
] as const;

const text = z.string();
const optional = z.exactOptional;

const resultSchema = z.strictObject({
  verdict: z.enum(VERDICTS),
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
  before: optional(resultSchema).describe('absent if the baseline did not run it'),
  hits: z.array(hitSchema),
});

const inputSchema = z.strictObject({
  kind: z.enum(BASELINE_INPUTS),
  name: optional(text).describe('of the kernel, config or agent'),
  before: optional(text).describe('absent if the baseline had none'),
  now: optional(text).describe('absent if this run has none'),
  details: z.array(text).describe('such as the symbols that differ: the first of them'),
  count: optional(z.int().nonnegative()).describe('how many details there are'),
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
