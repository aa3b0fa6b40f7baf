/** When each cell last ran, how long it took, and whether all was well: for the next run's schedule. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { takeLock } from '../cache/host-lock.ts';
import { replaceCacheFile } from '../cache/replace-cache-file.ts';

const FILE = 'last-runs.json';

const lastRunSchema = z.strictObject({
  /** When it ended. */
  at: z.iso.datetime(),
  /** Something in it was not as expected. */
  isBad: z.boolean(),
  /** Milliseconds, when all of it last ran; absent: it never has. */
  durationMs: z.exactOptional(z.number().nonnegative()),
});

export type LastRun = Readonly<z.infer<typeof lastRunSchema>>;

const fileSchema = z.strictObject({
  version: z.literal(1),
  cells: z.record(z.string(), lastRunSchema),
});

/** By cell id; empty if nothing is known. */
export async function readLastRuns(cacheRoot: string): Promise<ReadonlyMap<string, LastRun>> {
  const text = await readFile(join(cacheRoot, FILE), 'utf8').catch(() => '');
  return parseLastRuns(text);
}

/** A broken file counts as empty. */
export function parseLastRuns(text: string): ReadonlyMap<string, LastRun> {
  try {
    const { success, data } = fileSchema.safeParse(JSON.parse(text));
    return new Map(success ? Object.entries(data.cells) : []);
  } catch (error) {
    if (error instanceof SyntaxError) return new Map();
    throw error;
  }
}

/**
 * Adds to what is known; a run that did not take place whole keeps the duration of the one before.
 * Throws an InfraError if the disk is full or not writable, else as `fs` does.
 */
export async function updateLastRuns(
  cacheRoot: string,
  runs: ReadonlyMap<string, LastRun>,
): Promise<void> {
  if (runs.size === 0) return;
  await using _lock = await takeLock(join(cacheRoot, 'locks', FILE));
  const all = new Map(await readLastRuns(cacheRoot));
  for (const [cell, run] of runs) all.set(cell, { ...all.get(cell), ...run });
  const content = { version: 1, cells: Object.fromEntries(all) };
  await replaceCacheFile(cacheRoot, FILE, `${JSON.stringify(content)}\n`);
}
