import { UsageError } from '../errors.ts';
import { EVENTS_VERSION, type RunEvent } from '../events.ts';

/**
 * The events of an events.jsonl. A last line that is not whole is left out: the run was killed while
 * it wrote it. Throws a UsageError for a file of another version, or one that is no event log.
 */
export function parseEventLines(text: string): readonly RunEvent[] {
  const lines = text.split('\n').slice(0, -1);
  const events = lines.map((line, index) => parseLine(line, index + 1));
  const [first] = events;
  if (first === undefined) return [];
  if (first.type !== 'run-begin' || first.version !== EVENTS_VERSION) {
    const found = first.type === 'run-begin' ? `version ${first.version}` : `a ${first.type} event`;
    throw new UsageError(`expected events of version ${EVENTS_VERSION}, found ${found}`, {
      code: 'EVENTS_VERSION',
      remedy: 'read this run with the kmx that wrote it',
    });
  }
  return events;
}

function parseLine(line: string, number: number): RunEvent {
  try {
    return JSON.parse(line) as RunEvent;
  } catch (error) {
    throw new UsageError(`line ${number} of the event log is not JSON`, {
      code: 'EVENTS_GARBLED',
      cause: error,
    });
  }
}
