import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { GuestFacts } from '../../events.ts';
import {
  bareFactsSchema,
  factsDigest,
  guestFactsSchema,
  type ProbedFacts,
  probedFactsSchema,
} from '../../guest-facts.ts';
import type { StreamBytes } from '../../live-guest/recorded-stream.ts';
import type { BareFacts } from '../../live-guest/said-facts.ts';

/** What is known about a saved guest; the rest of its folder belongs to the machine. */
export interface TemplateRecord<Facts extends BareFacts> {
  readonly facts: Facts;
  readonly probed: ProbedFacts;
  /** 0 where no agent was started. */
  readonly agentPid: number;
  readonly bytesBefore: StreamBytes;
  /** What it was made from, for people. */
  readonly made: Readonly<Record<string, string>>;
}

export interface Template<Facts extends BareFacts = GuestFacts> extends TemplateRecord<Facts> {
  readonly folder: string;
}

const RECORD_FILE = 'template.json';
/** Logs of the saved guest, beside its state. */
export const LOGS_FOLDER = 'logs';

const VERSION = 2;

function recordSchema<F extends z.ZodType>(facts: F) {
  return z.object({
    version: z.literal(VERSION),
    facts,
    probed: probedFactsSchema,
    agentPid: z.int(),
    bytesBefore: z.object({ stdout: z.int(), stderr: z.int() }),
    made: z.record(z.string(), z.string()),
  });
}

const bareFacts = bareFactsSchema.extend({ probed: factsDigest });
const LEVELS = { L1: recordSchema(bareFacts), L2: recordSchema(guestFactsSchema) } as const;

export async function writeRecord(
  folder: string,
  record: TemplateRecord<BareFacts>,
): Promise<void> {
  const text = JSON.stringify({ version: VERSION, ...record }, undefined, 2);
  await writeFile(join(folder, RECORD_FILE), `${text}\n`);
}

/** Undefined without a record that this kmx understands. */
export async function readTemplate(folder: string, level: 'L2'): Promise<Template | undefined>;
export async function readTemplate(
  folder: string,
  level: 'L1',
): Promise<Template<BareFacts> | undefined>;
export async function readTemplate(
  folder: string,
  level: 'L1' | 'L2',
): Promise<Template<BareFacts> | undefined> {
  let record: unknown;
  try {
    record = JSON.parse(await readFile(join(folder, RECORD_FILE), 'utf8'));
  } catch {
    return undefined;
  }
  const parsed = LEVELS[level].safeParse(record);
  if (!parsed.success) return undefined;
  const { version: _, ...rest } = parsed.data;
  return { ...rest, folder };
}
