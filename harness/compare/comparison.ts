/**
 * What a comparison says: the terminal, Markdown, JSON and the page all show this. Types and the JSON
 * Schema in docs/ come from this definition. Everything that a guest said is in here as it said it:
 * whoever shows it escapes it.
 */
import { z } from 'zod';
import { VERDICTS } from '../verdict/verdict.ts';
import { CHANGES } from './changes.ts';

export const COMPARISON_VERSION = 1;

const text = z.string();
const texts = z.array(text).readonly();
const count = z.int().nonnegative();
const optional = z.exactOptional;

/** What columns can differ in. */
export const COMPARED_AXES = ['kernel', 'config', 'cgroup', 'agent', 'machine', 'run'] as const;
export type ComparedAxis = (typeof COMPARED_AXES)[number];

const columnSchema = z
  .strictObject({
    name: text.describe('what its cells have in common: debian-6.12, or v1 unguarded, or a run id'),
    run: optional(text).describe('id of the run that its cells are from'),
    folder: optional(text).describe('of that run, as the user would name it'),
    cells: count,
    releases: texts.describe('kernel releases of its cells'),
    config: optional(
      z.strictObject({
        name: text.describe('where it comes from: a file, a kernel of the run'),
        digest: optional(text),
        version: optional(text).describe('of the kernel, as the config says it: 6.12.117'),
        compiler: optional(text),
      }),
    ).describe('absent: none is known, or its cells have more than one'),
  })
  .readonly();

const outcomeSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('verdict'),
      verdict: z.enum(VERDICTS),
      signature: optional(text),
    }),
    z.strictObject({ kind: z.literal('absent') }).describe('the column has no such test'),
  ])
  .readonly();

const stateSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('value'), value: text }),
    z.strictObject({ kind: z.literal('off') }).describe('offered by this kernel, and not set'),
    z
      .strictObject({ kind: z.literal('unknown') })
      .describe('not there yet, removed, or hidden by a dependency'),
  ])
  .readonly();

const partSchema = z
  .strictObject({ number: count, of: count })
  .describe('so many of so many cells')
  .readonly();

const causeSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('symbol'),
      symbol: text.describe('without CONFIG_'),
      state: optional(stateSchema).describe('in cells with the worse result; absent: not known'),
      states: z.array(stateSchema.nullable()).readonly().describe('one for each column'),
      note: optional(text),
    }),
    z.strictObject({ kind: z.literal('boot-parameter'), parameter: text }),
    z.strictObject({
      kind: z.literal('version'),
      since: optional(text),
      until: optional(text),
    }),
  ])
  .readonly();

/** What may be behind a difference. */
export const REASON_KINDS = [
  'fact',
  'symbol',
  'boot-parameter',
  'agent-build',
  'kernel-build',
  'kernel-release',
  'machine',
  'tool',
] as const;
export type ReasonKind = (typeof REASON_KINDS)[number];

export const reasonSchema = z
  .strictObject({
    kind: z.enum(REASON_KINDS),
    key: text.describe('v1/cpuset, CPUSETS_V1, cgroup_disable=memory, QEMU'),
    text: text.describe('for people: v1 cpuset cannot be mounted (EINVAL)'),
    basis: z
      .enum(['tried', 'needs', 'separates'])
      .describe(
        'tried: the guest was found to be like that; needs: the table of needs says that it matters; separates: it differs where the results do, and nothing else is known of it',
      ),
    states: z
      .array(text.nullable())
      .readonly()
      .describe('one for each column; null: not known, or not the same in all of its cells'),
    bad: partSchema.describe('cells with the worse result that are like this'),
    good: partSchema.describe('cells with the better result that are like this, too'),
    causes: z
      .array(causeSchema)
      .readonly()
      .describe('what the table of needs of that kernel version puts behind a fact'),
  })
  .readonly();

const testSchema = z
  .strictObject({ file: text.describe('path below scenarios/'), title: text })
  .readonly();

const placeSchema = z
  .strictObject({
    where: text.describe('what the cells have in common beside the columns: default+v1+unguarded'),
    cells: z
      .array(text.nullable())
      .readonly()
      .describe('id of the cell in each column; null: there is none'),
    tests: z.array(testSchema).readonly(),
  })
  .readonly();

const groupSchema = z
  .strictObject({
    change: z.enum(CHANGES).describe('the gravest of all columns'),
    changes: z
      .array(z.enum(CHANGES).nullable())
      .readonly()
      .describe(
        'of each column against the first that has the test; null: the same, or it is the first',
      ),
    outcomes: z.array(outcomeSchema).readonly().describe('one for each column'),
    title: text.describe('what happens in the column with the worst result, for people'),
    tests: count.describe('so many tests differ like this, each cell counted'),
    places: z.array(placeSchema).readonly(),
    reasons: z.array(reasonSchema).readonly().describe('best first'),
    isTold: z
      .boolean()
      .describe('the first reason rests on more than on being different where results are'),
    others: z
      .partialRecord(z.enum(REASON_KINDS), count)
      .readonly()
      .describe('how many more separate as well as the best, by kind, without those in reasons'),
    decide: optional(
      z.strictObject({
        text,
        command: optional(texts).describe('arguments of kmx'),
      }),
    ).describe('what would decide between the reasons'),
  })
  .readonly();

const factRowSchema = z
  .strictObject({
    fact: text.describe('v1/cpuset, v2-file/memory.peak'),
    values: z
      .array(text.nullable())
      .readonly()
      .describe('one for each column; null: not known, or not the same in all of its cells'),
  })
  .readonly();

const configRowSchema = z
  .strictObject({
    symbol: text.describe('without CONFIG_'),
    menu: texts.describe('from the top: General setup, Control Group support; empty: not known'),
    states: z
      .array(stateSchema.nullable())
      .readonly()
      .describe('one for each column; null: its config is not known'),
  })
  .readonly();

const machineDifferenceSchema = z
  .strictObject({
    release: text.describe('of the kernel, which is the same in all of these cells'),
    where: text.describe('what else the cells have in common: default+hybrid+guarded'),
    cells: texts.describe('ids, one for each machine'),
    machines: texts,
    verdicts: z.array(z.enum(VERDICTS)).readonly().describe('one for each machine'),
    tests: z.array(testSchema).readonly(),
  })
  .readonly();

export const comparisonSchema = z
  .strictObject({
    version: z.literal(COMPARISON_VERSION),
    axes: z
      .array(z.enum(COMPARED_AXES))
      .readonly()
      .describe('what the columns differ in; empty if only configs were compared'),
    columns: z.array(columnSchema).readonly(),
    tests: z
      .strictObject({
        compared: count.describe('rows: the same test in the cells of one place'),
        same: count,
        alone: count.describe('in one column alone: its cell or the test was not in the others'),
        differing: z.partialRecord(z.enum(CHANGES), count),
      })
      .readonly(),
    groups: z.array(groupSchema).readonly().describe('what differs, by cause, gravest first'),
    same: optional(
      z
        .array(z.strictObject({ outcome: outcomeSchema, places: z.array(placeSchema).readonly() }))
        .readonly(),
    ).describe('what does not differ; absent unless it was asked for'),
    facts: z.array(factRowSchema).readonly().describe('those that differ'),
    factsConfig: optional(text).describe(
      'the config of the matrix whose cells these facts are from: others have other boot parameters',
    ),
    config: z.array(configRowSchema).readonly().describe('symbols that differ'),
    byMachine: optional(z.array(machineDifferenceSchema).readonly()).describe(
      'tests of one kernel release that end otherwise on another machine, which is a finding about the harness unless the machine offers something else; absent: there are none',
    ),
    missing: texts.describe('what is not known, and so was not compared, in sentences'),
  })
  .readonly();

export type Comparison = z.infer<typeof comparisonSchema>;
export type Column = z.infer<typeof columnSchema>;
export type Outcome = z.infer<typeof outcomeSchema>;
export type DifferenceGroup = z.infer<typeof groupSchema>;
export type Place = z.infer<typeof placeSchema>;
export type Reason = z.infer<typeof reasonSchema>;
export type ReasonCause = z.infer<typeof causeSchema>;
export type Part = z.infer<typeof partSchema>;
export type FactRow = z.infer<typeof factRowSchema>;
export type MachineDifference = z.infer<typeof machineDifferenceSchema>;
export type ConfigRow = z.infer<typeof configRowSchema>;
