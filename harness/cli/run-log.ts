/** Finds the event log of a run by the run's name, and reads it. */
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UsageError } from '../errors.ts';
import type { RunEvent } from '../events.ts';
import { createEventReader, type EventReader } from '../report/event-lines.ts';
import { readPieces } from './read-pieces.ts';

export type RunBegin = Extract<RunEvent, { readonly type: 'run-begin' }>;

export interface RunLog {
  readonly begin: RunBegin;
  /** All of them, `begin` included; whole events only. */
  readonly events: readonly RunEvent[];
  /** How many bytes of the file they take. */
  readonly wholeBytes: number;
}

export const EVENTS = 'events.jsonl';

/**
 * The path of a run's log. Throws a UsageError if there is none; it names the newest runs if there is no run.
 * @param out The folder of all reports.
 * @param name A run id, `latest`, `last-but-one`, or the path of a run's folder or of a file in it.
 */
export function findRunLog(out: string, name: string): string {
  const path = pathOfRun(out, name);
  const file = isFile(path) ? join(dirname(path), EVENTS) : join(path, EVENTS);
  if (isFile(file)) return file;
  if (isFile(join(dirname(file), 'report.json'))) {
    throw new UsageError(`the run in ${dirname(file)} has no ${EVENTS}, which this is read from`, {
      code: 'RUN_NO_LOG',
      remedy: `copy ${EVENTS} with its report.json, or name another run`,
    });
  }
  throw new UsageError(`there is no run ${JSON.stringify(name)}: ${file} does not exist`, {
    code: 'RUN_UNKNOWN',
    remedy: `give the id of a run, or the path of its folder; in ${out}/${describeRuns(out)}`,
  });
}

/** The run before the newest one. */
const LAST_BUT_ONE = 'last-but-one';

/**
 * A name without a slash is a run's, unless it says where one stands: in the run's folder. Throws a UsageError
 * if the last run but one is asked for and there is none.
 */
export function pathOfRun(out: string, name: string): string {
  const isPath = name.includes('/') || name === '.' || name === '..' || isFile(name);
  if (isPath) return name;
  return join(out, name === LAST_BUT_ONE ? findLastButOne(out) : name);
}

function findLastButOne(out: string): string {
  const latest = existsSync(join(out, 'latest')) ? realpathSync(join(out, 'latest')) : undefined;
  const runs = existsSync(out)
    ? readdirSync(out, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && isFile(join(out, entry.name, EVENTS)))
        .map((entry) => entry.name)
        .toSorted()
    : [];
  const before = runs.filter((run) => latest === undefined || run < basename(latest));
  const found = latest === undefined ? runs.at(-2) : before.at(-1);
  if (found !== undefined) return found;
  throw new UsageError(`there is no run before the latest one in ${out}/`, {
    code: 'RUN_UNKNOWN',
    remedy: runs.length === 0 ? 'run kmx first' : `it has ${runs.join(', ')}`,
  });
}

/** Throws a UsageError if the file is not a log, cannot be read, or holds no event. */
export function readRunLog(file: string): RunLog {
  const reader = createEventReader(file);
  const events = [...streamEvents(file, reader)];
  const [begin] = events;
  if (begin?.type === 'run-begin') return { begin, events, wholeBytes: reader.wholeBytes };
  throw emptyLog(file);
}

export function emptyLog(file: string): UsageError {
  return new UsageError(`${file} holds no event: the run was cut off before it began`, {
    code: 'RUN_EMPTY',
    remedy: 'start a new run',
  });
}

/** The events of a log, as they are read: they may not fit into memory. */
export function* streamEvents(
  file: string,
  reader: EventReader = createEventReader(file),
): Generator<RunEvent> {
  for (const piece of readPieces(file)) yield* reader.push(piece);
}

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

const RUNS_SHOWN_MAX = 5;

function describeRuns(out: string): string {
  if (!existsSync(out)) return ', which is not there';
  const entries = readdirSync(out, { withFileTypes: true });
  const runs = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const newest = runs.toSorted().reverse().slice(0, RUNS_SHOWN_MAX);
  return newest.length === 0 ? ', which has none' : `: ${newest.join(', ')}`;
}
