/** The format of reports/bench.json, and reading an older one. */
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { execa } from 'execa';
import { z } from 'zod';
import { UsageError } from '../errors.ts';
import { findQemu } from '../machine/qemu/find-qemu.ts';
import { UNITS } from './figure.ts';

const text = z.string();

const figureSchema = z.strictObject({
  name: text,
  value: z.number(),
  unit: z.enum(UNITS),
  note: z.exactOptional(text),
});

const sectionSchema = z.strictObject({
  name: text,
  measures: text,
  figures: z.array(figureSchema).readonly(),
  /** Why this host could not measure the section. */
  missing: z.exactOptional(text),
});

const hostSchema = z.strictObject({
  cpu: text,
  cpus: z.number(),
  memoryMib: z.number(),
  kernel: text,
  node: text,
  qemu: text,
});

const recordSchema = z.strictObject({
  version: z.literal(1),
  time: z.iso.datetime(),
  /** The project's commit; ends in `+` if files have changed since. */
  commit: text,
  host: hostSchema,
  sections: z.array(sectionSchema).readonly(),
});

export type SectionRecord = z.infer<typeof sectionSchema>;
export type BenchRecord = z.infer<typeof recordSchema>;

/** Everything but the figures. */
export async function describeBench(): Promise<Omit<BenchRecord, 'sections'>> {
  const { version: qemu } = await findQemu();
  return {
    version: 1,
    time: new Date().toISOString(),
    commit: await describeCommit(),
    host: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cpus: cpus().length,
      memoryMib: Math.round(totalmem() / 1024 / 1024),
      kernel: release(),
      node: process.version,
      qemu,
    },
  };
}

async function describeCommit(): Promise<string> {
  const cwd = import.meta.dirname;
  const described = await execa('git', ['describe', '--always', '--dirty=+', '--exclude=*'], {
    cwd,
    reject: false,
  });
  return described.exitCode === 0 ? described.stdout : 'unknown';
}

/** Throws a UsageError if the file was not written by a benchmark. */
export function readRecord(file: string): BenchRecord {
  try {
    return recordSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new UsageError(`${file} has no figures from scripts/bench: ${why}`, {
      code: 'BAD_FIGURES',
      remedy: 'measure some first: scripts/bench',
      cause,
    });
  }
}
