import { existsSync, readdirSync, readFileSync, realpathSync, truncateSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { tryLock } from '../cache/host-lock.ts';
import { UsageError } from '../errors.ts';
import type { RunEvent } from '../events.ts';
import { parseEventLines } from '../report/event-lines.ts';

type RunBegin = Extract<RunEvent, { readonly type: 'run-begin' }>;

/** A run that was cut off: killed, or interrupted before everything was done. */
export interface PastRun {
  readonly folder: string;
  readonly begin: RunBegin;
  /** Whole events only; what was half written is cut off the file. */
  readonly events: readonly RunEvent[];
}

const EVENTS = 'events.jsonl';

/**
 * @param out The folder of all reports.
 * @param name A run id, or the path of a run's folder; `latest` is one, too.
 */
export function openPastRun(out: string, name: string): PastRun {
  const named = resolve(name.includes('/') ? name : join(out, name));
  const file = join(named, EVENTS);
  const bytes = readLog(file, out, name);
  // `latest` is a link to a run, and will be one to this run.
  const folder = realpathSync(named);
  // A power loss may leave a hole of zeros where a line was to be.
  const whole = bytes.lastIndexOf('\n', firstZero(bytes)) + 1;
  const events = parseEventLines(bytes.toString('utf8', 0, whole), file);
  const [begin] = events;
  if (begin?.type !== 'run-begin') {
    throw new UsageError(`${file} holds no event: the run ended before it had begun`, {
      code: 'RESUME_NOTHING',
      remedy: 'begin a new run',
    });
  }
  const last = events.at(-1);
  if (last?.type === 'run-end' && !last.interrupted) {
    throw new UsageError(`the run ${begin.run} is complete: there is nothing to go on with`, {
      code: 'RESUME_COMPLETE',
      remedy: 'begin a new run',
    });
  }
  if (whole < bytes.length) truncateSync(file, whole);
  return { folder, begin, events };
}

/** Two processes must not write the events of one run. Held until the process ends. */
export async function lockRun(folder: string): Promise<AsyncDisposable> {
  const lock = await tryLock(join(folder, EVENTS));
  if (lock !== undefined) return lock;
  throw new UsageError(`another kmx is at work on the run ${basename(folder)}`, {
    code: 'RUN_BUSY',
    remedy: 'wait for it to end, or end it',
  });
}

function readLog(file: string, out: string, name: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
    const what = isMissing ? `there is no run ${JSON.stringify(name)}` : `cannot read ${file}`;
    throw new UsageError(`${what}: ${message}`, {
      code: 'RESUME_UNKNOWN',
      remedy: `give the id of a run in ${out}/${describeRuns(out)}`,
      cause,
    });
  }
}

const RUNS_SHOWN_MAX = 5;

function describeRuns(out: string): string {
  if (!existsSync(out)) return ', which is not there';
  const entries = readdirSync(out, { withFileTypes: true });
  const runs = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const newest = runs.toSorted().reverse().slice(0, RUNS_SHOWN_MAX);
  return newest.length === 0 ? ', which has none' : `: ${newest.join(', ')}`;
}

function firstZero(bytes: Buffer): number {
  const index = bytes.indexOf(0);
  return index === -1 ? bytes.length : index;
}
