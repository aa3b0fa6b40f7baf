import { z } from 'zod';
import { EVENTS_VERSION, FAIL_ON, GUEST_ORIGINS, type RunEvent, STOP_REASONS } from '../events.ts';
import { factsDigest, guestFactsSchema, probedFactsSchema } from '../guest-facts.ts';
import { BUILD_PLACES, QEMU_PLACES } from '../matrix/cell.ts';
import { ISOLATIONS } from '../matrix/isolation.ts';
import { baselineFactsSchema, configChangeSchema } from './baseline-schema.ts';
import {
  boundsSchema,
  cellSchema,
  configFactsSchema,
  count,
  detailSchema,
  expectationSchema,
  findingSchema,
  hostSchema,
  kernelSchema,
  lockSchema,
  measuredSchema,
  optional,
  predictionSchema,
  testIdSchema,
  text,
  time,
  verdict,
} from './schema.ts';

const inCell = { time, cell: text };
const inGuest = { ...inCell, guest: count };
const durationMs = z.number().nonnegative();

const runBegin = z.strictObject({
  type: z.literal('run-begin'),
  version: z.literal(EVENTS_VERSION),
  run: text,
  time,
  profile: text,
  matrix: text,
  inputs: z.record(text, text),
  expectations: z.array(expectationSchema),
  expectationsFile: optional(text),
  isFiltered: z.boolean(),
  isWholeMatrix: z.boolean(),
  retries: count,
  missRetries: count,
  isolation: z.enum(ISOLATIONS),
  qemu: optional(z.enum(QEMU_PLACES)),
  buildIn: optional(z.enum(BUILD_PLACES)),
  hasTemplates: z.boolean(),
  isCacheRead: z.boolean(),
  jobs: count.positive(),
  host: hostSchema,
  cells: z.array(cellSchema),
  filter: optional(text),
  failOn: optional(z.enum(FAIL_ON)),
  bounds: optional(boundsSchema),
  lock: optional(lockSchema),
});

const testEnd = z.strictObject({
  type: z.literal('test-end'),
  ...inCell,
  test: testIdSchema,
  attempt: optional(count.positive()),
  verdict,
  signature: optional(text),
  durationMs,
  guest: optional(count),
  detail: optional(detailSchema),
  findings: z.array(findingSchema),
  cached: optional(measuredSchema),
});

/** Checked in one go: a command has dozens of words, and a log a command for each guest. */
const command = z.custom<string[]>(
  (value) => Array.isArray(value) && value.every((word) => typeof word === 'string'),
  'expected a list of texts',
);

const guestBegin = z.strictObject({
  type: z.literal('guest-begin'),
  ...inGuest,
  reason: z.union([
    z.literal(['first', 'retry', 'resumed', 'isolation', 'boot']),
    z.templateLiteral(['after-', verdict]),
  ]),
  from: z.literal(GUEST_ORIGINS),
  command,
  startedAt: optional(time),
});

const guestReady = z.strictObject({
  type: z.literal('guest-ready'),
  ...inGuest,
  bootMs: z.number().nonnegative(),
  facts: guestFactsSchema,
});

/** Without a part that is put in afterwards: see known-parts.ts. */
export const guestReadyBut = guestReady.extend({ facts: z.null() });
export const testEndBut = testEnd.extend({ findings: z.null() });

/** One line of an event log. */
export const eventSchema = z.discriminatedUnion('type', [
  runBegin,
  z.strictObject({ type: z.literal('baseline'), time, baseline: baselineFactsSchema }),
  z.strictObject({
    type: z.literal('baseline-config'),
    time,
    name: text,
    change: configChangeSchema,
  }),
  z.strictObject({ type: z.literal('run-resumed'), time, bounds: optional(boundsSchema) }),
  z.strictObject({
    type: z.literal('schedule'),
    time,
    cells: z.array(z.strictObject({ cell: text, expectedMs: optional(durationMs) })),
  }),
  z.strictObject({ type: z.literal('kernel-end'), time, kernel: kernelSchema }),
  z.strictObject({
    type: z.literal('kernel-config'),
    time,
    name: text,
    config: configFactsSchema,
  }),
  z.strictObject({ type: z.literal('kernel-failed'), time, name: text, message: text }),
  z.strictObject({ type: z.literal('prediction'), ...inCell, prediction: predictionSchema }),
  z.strictObject({ type: z.literal('cell-begin'), ...inCell }),
  guestBegin,
  guestReady,
  z.strictObject({
    type: z.literal('facts'),
    time,
    digest: factsDigest,
    facts: probedFactsSchema,
  }),
  z.strictObject({ type: z.literal('facts-recalled'), ...inCell, facts: guestFactsSchema }),
  z.strictObject({ type: z.literal('guest-end'), ...inGuest, how: text }),
  z.strictObject({ type: z.literal('note'), ...inCell, message: text }),
  z.strictObject({ type: z.literal('cell-failed'), ...inCell, message: text }),
  z.strictObject({ type: z.literal('tests'), ...inCell, tests: z.array(testIdSchema) }),
  z.strictObject({ type: z.literal('test-begin'), ...inCell, test: testIdSchema }),
  z.strictObject({ type: z.literal('finding'), ...inGuest, finding: findingSchema }),
  testEnd,
  z.strictObject({ type: z.literal('cell-end'), ...inCell, durationMs }),
  z.strictObject({
    type: z.literal('run-stopping'),
    time,
    reason: z.enum([...STOP_REASONS, 'interrupted']),
  }),
  z.strictObject({
    type: z.literal('run-end'),
    time,
    interrupted: z.boolean(),
    stopped: optional(z.enum(STOP_REASONS)),
  }),
]) satisfies z.ZodType<RunEvent>;
