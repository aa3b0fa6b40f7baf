/**
 * The shapes that leave the process: a report, and the events it is made of. One definition each:
 * the types, the checks on what is read back and the JSON Schema in docs/ all come from here.
 */
import { z } from 'zod';
import { CGROUP_MODES } from '../matrix/cell.ts';
import { VERDICTS } from '../verdict/verdict.ts';

export const REPORT_VERSION = 1;

const text = z.string();
const optional = z.exactOptional;
const count = z.int().nonnegative();
const time = z.iso.datetime();
const verdict = z.enum(VERDICTS);

export const cellSchema = z.strictObject({
  id: text.describe('kernel+config+cgroup+agent'),
  kernel: text,
  config: text,
  cgroup: z.enum(CGROUP_MODES),
  agent: text,
  scenarios: optional(z.array(text)).describe('globs below scenarios/; absent: all of them'),
});

export const hostSchema = z.strictObject({
  kmx: text,
  node: text,
  kernel: text,
  cpus: count,
  memoryMib: z.number(),
  qemu: text,
  accelerator: text,
});

export const guestFactsSchema = z.strictObject({
  release: text,
  cmdline: text,
  cpus: count,
  memoryMib: z.number(),
  cgroup: z.enum(CGROUP_MODES),
  controllers: z.array(text).describe("offered to the agent in this guest's cgroup mode"),
  v1Mounts: z.record(text, text).describe('per v1 controller: ok, or the errno of mounting it'),
  v2Controllers: z.array(text),
  disagreements: z.array(text).describe('where /proc/cgroups claims what is not so'),
});

export const kernelSchema = z.strictObject({
  name: text,
  release: text,
  digest: text,
  origin: text,
});

export const testIdSchema = z.strictObject({
  file: text.describe('path below scenarios/, or boots'),
  title: text,
});

export const detailSchema = z.strictObject({
  message: optional(text),
  text: optional(text),
  expected: optional(text),
  actual: optional(text),
  call: optional(text).describe('the first call that got no answer'),
});

export const findingSchema = z.strictObject({
  class: z.enum(['kernel-panic', 'kernel-oops', 'agent-panic', 'boot-failure']),
  title: text,
  place: optional(text).describe('file.rs:line, or a function without offset'),
  source: z.enum(['console', 'agent-stderr', 'agent-stdout', 'init', 'machine']),
  start: count.describe('first byte of the report within its source'),
  end: count,
  excerpt: text,
});

const totalsSchema = z
  .partialRecord(verdict, count)
  .describe('tests per verdict; a verdict that no test got is absent');

const testSchema = z.strictObject({
  ...testIdSchema.shape,
  verdict,
  durationMs: z.number().nonnegative(),
  guest: optional(count).describe('number of the guest that it ran in'),
  detail: optional(detailSchema),
  findings: z.array(findingSchema).describe('the one that decided, then its consequences'),
});

const guestSchema = z.strictObject({
  number: count,
  reason: text.describe('first, or after- and the verdict that ended the guest before'),
  command: z.array(text),
  bootMs: optional(z.number().nonnegative()),
  facts: optional(guestFactsSchema),
  end: optional(text),
});

const cellReportSchema = z.strictObject({
  ...cellSchema.omit({ scenarios: true }).shape,
  verdict: verdict.describe('the worst of its tests'),
  totals: totalsSchema,
  durationMs: optional(z.number().nonnegative()),
  guests: z.array(guestSchema),
  tests: z.array(testSchema),
});

const crashSchema = z.strictObject({
  ...findingSchema.pick({ class: true, title: true, place: true }).shape,
  tests: count.describe('how many tests it decided'),
  cells: z.array(text),
  first: z.strictObject({ cell: text, guest: optional(count), excerpt: text }),
});

export const reportSchema = z.strictObject({
  version: z.literal(REPORT_VERSION),
  run: text,
  startedAt: time,
  endedAt: optional(time),
  interrupted: z.boolean(),
  profile: text,
  matrix: text,
  filter: optional(text),
  host: hostSchema,
  kernels: z.array(kernelSchema),
  totals: totalsSchema,
  crashes: z.array(crashSchema),
  cells: z.array(cellReportSchema),
});

export type RunReport = z.infer<typeof reportSchema>;
export type CellReport = z.infer<typeof cellReportSchema>;
export type TestReport = z.infer<typeof testSchema>;
export type CrashReport = z.infer<typeof crashSchema>;
export type Totals = z.infer<typeof totalsSchema>;
