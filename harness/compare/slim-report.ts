/**
 * The part of report.json that is compared, of this version and of older ones that mean the same by
 * it. Everything else in a report, which is nearly all of it, is dropped while it is read.
 */
import { z } from 'zod';
import { probedFactsSchema } from '../guest-facts.ts';
import { CGROUP_MODES } from '../matrix/cell.ts';
import { machineFactsSchema } from '../report/machine-facts-schema.ts';
import { findingSchema } from '../report/schema.ts';
import { MISS_KINDS, VERDICTS } from '../verdict/verdict.ts';

export const READABLE_VERSIONS = [4, 5, 6, 7] as const;

const text = z.string();
const optional = z.exactOptional;
const { shape } = findingSchema;
const finding = z.object({
  class: shape.class,
  title: text,
  signature: text,
  source: shape.source,
  excerpt: text,
});

/** What a guest says of itself. */
export const guestSchema = z.object({
  release: text,
  cmdline: text,
  controllers: z.array(text).readonly(),
  v1Mounts: z.record(text, text).readonly(),
  v2Controllers: z.array(text).readonly(),
  probed: optional(text),
});

export const slimCellSchema = z.object({
  id: text,
  kernel: text,
  config: text,
  cgroup: z.enum(CGROUP_MODES),
  agent: text,
  machine: text,
  agentKind: text,
  build: optional(text),
  // Thousands of guests say the same: each text is checked once.
  facts: optional(z.unknown()),
  guests: z.array(z.object({ facts: optional(z.unknown()) })),
  tests: z.array(
    z.object({
      file: text,
      title: text,
      verdict: z.enum(VERDICTS),
      signature: optional(text),
      detail: optional(
        z.object({
          message: optional(text),
          cause: optional(text),
          missKind: optional(z.enum(MISS_KINDS)),
        }),
      ),
      findings: z.array(finding),
    }),
  ),
  findings: z.array(
    z.object({
      finding,
      isVoid: optional(z.literal(true)),
      isUnconfirmed: optional(z.literal(true)),
    }),
  ),
});

export const slimReportSchema = z.object({
  version: z.literal(READABLE_VERSIONS),
  run: text,
  startedAt: text,
  interrupted: z.boolean(),
  profile: text,
  matrix: text,
  filter: optional(text),
  isFiltered: optional(z.literal(true)),
  inputs: optional(z.record(text, text)),
  isolation: text,
  host: z.object({
    kmx: text,
    node: text,
    machines: optional(z.array(machineFactsSchema).readonly()),
    // Before version 7.
    qemu: optional(text),
    accelerator: optional(text),
    kernel: text,
    cpus: z.int().nonnegative(),
    memoryMib: z.number(),
  }),
  kernels: z.array(
    z.object({
      name: text,
      release: text,
      digest: text,
      origin: text,
      config: optional(z.object({ digest: text })),
      configMissing: optional(text),
    }),
  ),
  facts: optional(z.array(probedFactsSchema.extend({ digest: text }))),
  cells: z.array(slimCellSchema),
});

export type SlimReport = z.infer<typeof slimReportSchema>;
export type SlimCell = z.infer<typeof slimCellSchema>;
