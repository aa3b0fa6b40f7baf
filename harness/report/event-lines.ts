import { z } from 'zod';
import { UsageError } from '../errors.ts';
import { EVENTS_VERSION, type RunEvent } from '../events.ts';
import { eventSchema } from './event-schema.ts';

const versioned = z.object({ type: z.literal('run-begin'), version: z.unknown() });

/**
 * The events of an events.jsonl. A last line that is not whole is left out: the run was killed
 * while it wrote it. Throws a UsageError for a file of another version or one that is no log.
 * @param file The file as the user named it.
 */
export function parseEventLines(text: string, file = 'events.jsonl'): readonly RunEvent[] {
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line, index) => parseLine(line, index === 0, `${file}:${index + 1}`));
}

function parseLine(line: string, isFirst: boolean, position: string): RunEvent {
  const value = parseJson(line, position);
  if (isFirst) checkBegin(value, position);
  const event = eventSchema.safeParse(value);
  if (event.success) return event.data;
  throw new UsageError(`${position}: not an event: ${z.prettifyError(event.error)}`, {
    code: 'EVENTS_GARBLED',
    remedy: 'each line must be as kmx wrote it',
  });
}

function parseJson(line: string, position: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new UsageError(`${position}: expected an event as JSON, found something else`, {
      code: 'EVENTS_GARBLED',
      cause: error,
    });
  }
}

function checkBegin(value: unknown, position: string): void {
  const begin = versioned.safeParse(value);
  if (!begin.success) {
    throw new UsageError(`${position}: expected run-begin, which every event log begins with`, {
      code: 'EVENTS_NO_LOG',
    });
  }
  const { version } = begin.data;
  if (version === EVENTS_VERSION) return;
  throw new UsageError(
    `${position}: expected events of version ${EVENTS_VERSION}, found version ${version}`,
    { code: 'EVENTS_VERSION', remedy: 'read this run with the kmx that wrote it' },
  );
}
