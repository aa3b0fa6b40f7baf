import { realpathSync, statSync, truncateSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { tryLock } from '../cache/host-lock.ts';
import { UsageError } from '../errors.ts';
import type { RunEvent } from '../events.ts';
import { EVENTS, findRunLog, type RunBegin, readRunLog } from './run-log.ts';

/** A run that was cut off: killed, or interrupted before everything was done. */
export interface PastRun {
  readonly folder: string;
  readonly begin: RunBegin;
  /** Whole events only; a half-written one has been cut off the file. */
  readonly events: readonly RunEvent[];
}

/**
 * Throws a UsageError if the run cannot be resumed, or is still running: then its log is its own.
 * @param out The folder of all reports.
 * @param name As `findRunLog` takes it.
 * @param held Gets the run's lock, even if the run cannot be resumed.
 */
export async function openPastRun(
  out: string,
  name: string,
  held: AsyncDisposableStack,
): Promise<PastRun> {
  // `latest` is a link to a run, and will soon be one to this run.
  const file = realpathSync(findRunLog(out, name));
  const folder = dirname(file);
  held.use(await lockRun(folder));
  const { begin, events, wholeBytes } = readRunLog(file);
  const last = events.at(-1);
  if (last?.type === 'run-end' && !last.interrupted) {
    throw new UsageError(`the run ${basename(folder)} is complete: there is nothing to resume`, {
      code: 'RESUME_COMPLETE',
      remedy: 'start a new run',
    });
  }
  if (wholeBytes < statSync(file).size) truncateSync(file, wholeBytes);
  return { folder, begin, events };
}

/** Two processes must not write the events of one run. Held until the process ends. */
export async function lockRun(folder: string): Promise<AsyncDisposable> {
  const lock = await tryLock(join(folder, EVENTS));
  if (lock !== undefined) return lock;
  throw new UsageError(`the run ${basename(folder)} is in use by another kmx`, {
    code: 'RUN_BUSY',
    remedy: 'wait for it to end, or stop it',
  });
}
