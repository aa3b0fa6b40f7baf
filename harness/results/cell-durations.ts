import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { takeLock } from '../cache/host-lock.ts';
import { replaceCacheFile } from '../cache/replace-cache-file.ts';

const FILE = 'cell-durations.json';

const durationsSchema = z.strictObject({
  version: z.literal(1),
  cells: z.record(z.string(), z.number().nonnegative()),
});

/** How many milliseconds each cell took when it last ran completely, by id; empty if unknown. */
export async function readCellDurations(cacheRoot: string): Promise<ReadonlyMap<string, number>> {
  const text = await readFile(join(cacheRoot, FILE), 'utf8').catch(() => '');
  return parseDurations(text);
}

/** A broken file counts as empty. */
export function parseDurations(text: string): ReadonlyMap<string, number> {
  try {
    const { success, data } = durationsSchema.safeParse(JSON.parse(text));
    return new Map(success ? Object.entries(data.cells) : []);
  } catch (error) {
    if (error instanceof SyntaxError) return new Map();
    throw error;
  }
}

/**
 * Adds to what is known. Throws an InfraError if the disk is full or not writable, else as `fs`
 * does.
 */
export async function updateCellDurations(
  cacheRoot: string,
  durations: ReadonlyMap<string, number>,
): Promise<void> {
  if (durations.size === 0) return;
  await using _lock = await takeLock(join(cacheRoot, 'locks', FILE));
  const all = new Map([...(await readCellDurations(cacheRoot)), ...durations]);
  const content = { version: 1, cells: Object.fromEntries(all) };
  await replaceCacheFile(cacheRoot, FILE, `${JSON.stringify(content)}\n`);
}
