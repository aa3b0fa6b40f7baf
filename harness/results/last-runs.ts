/** When each cell last ran, how long it took, and whether all was well: for the next run's schedule. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { takeLock } from '../cache/host-lock.ts';
import { LAST_RUNS_FILE } from '../cache/last-runs-file.ts';
import { replaceCacheFile } from '../cache/replace-cache-file.ts';
import { parseJson } from '../parse-json.ts';

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
  const text = await readFile(join(cacheRoot, LAST_RUNS_FILE), 'utf8').catch(() => '');
  return parseLastRuns(text);
}

/** A broken file counts as empty. */
export function parseLastRuns(text: string): ReadonlyMap<string, LastRun> {
  const { success, data } = fileSchema.safeParse(parseJson(text));
  return new Map(success ? Object.entries(data.cells) : []);
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
  await using _lock = await lock(cacheRoot);
  const all = new Map(await readLastRuns(cacheRoot));
  for (const [cell, run] of runs) all.set(cell, { ...all.get(cell), ...run });
  await replace(cacheRoot, all);
}

/**
 * Adds what another cache knows: of each cell, the run that ended later. Whether that changed anything.
 * Throws an InfraError if the disk is full or not writable, else as `fs` does.
 *
 * @param text Of the other cache's file; a broken one changes nothing.
 */
export async function mergeLastRuns(cacheRoot: string, text: string): Promise<boolean> {
  const others = parseLastRuns(text);
  if (others.size === 0) return false;
  await using _lock = await lock(cacheRoot);
  const own = await readLastRuns(cacheRoot);
  const all = new Map([...others, ...own]);
  for (const [cell, other] of others) all.set(cell, laterOf(own.get(cell) ?? other, other));
  const isSame = [...all].every(([cell, run]) => isDeepStrictEqual(run, own.get(cell)));
  if (!isSame) await replace(cacheRoot, all);
  return !isSame;
}

/** One that did not take place whole has the duration of the other. */
function laterOf(own: LastRun, other: LastRun): LastRun {
  const isOwnLater = Date.parse(own.at) >= Date.parse(other.at);
  return isOwnLater ? { ...other, ...own } : { ...own, ...other };
}

function lock(cacheRoot: string): Promise<AsyncDisposable> {
  return takeLock(join(cacheRoot, 'locks', LAST_RUNS_FILE));
}

async function replace(cacheRoot: string, all: ReadonlyMap<string, LastRun>): Promise<void> {
  const content = { version: 1, cells: Object.fromEntries(all) };
  await replaceCacheFile(cacheRoot, LAST_RUNS_FILE, `${JSON.stringify(content)}\n`);
}
