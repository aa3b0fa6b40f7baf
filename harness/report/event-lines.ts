import { z } from 'zod';
import { UsageError } from '../errors.ts';
import { EVENTS_VERSION, type RunEvent } from '../events.ts';
import { eventSchema, guestReadyBut, testEndBut } from './event-schema.ts';
import { createKnownLines } from './known-lines.ts';
import { createKnownParts } from './known-parts.ts';

const versioned = z.object({ type: z.literal('run-begin'), version: z.unknown() });

/** Reads an events.jsonl piece by piece: a log may be larger than a string can be. */
export interface EventReader {
  /** The events of the lines that this piece completes. */
  push(piece: Uint8Array): readonly RunEvent[];
  /** The length of all whole lines so far; what follows was half written. */
  readonly wholeBytes: number;
}

/**
 * An incomplete last line is left out: the run was killed while it wrote it. So is everything from
 * the first zero byte on: a power loss may leave a hole where a line was to be. `push` throws a
 * UsageError for a file of another version or one that is not a log.
 * @param file The file as the user named it.
 */
export function createEventReader(file = 'events.jsonl'): EventReader {
  /** The beginning of a line whose end has not arrived yet. */
  let rest: Uint8Array[] = [];
  let lines = 0;
  let wholeBytes = 0;
  let isBroken = false;
  const parseLine = createLineParser();

  function push(piece: Uint8Array): readonly RunEvent[] {
    if (isBroken) return [];
    const zero = piece.indexOf(0);
    isBroken = zero !== -1;
    const bytes = isBroken ? piece.subarray(0, zero) : piece;
    const end = bytes.lastIndexOf(LINE_FEED) + 1;
    // A copy: the caller may reuse the memory for the next piece.
    if (end === 0) {
      rest.push(Buffer.from(bytes));
      return [];
    }
    // A line feed is never part of a longer character, so whole lines can be decoded on their own.
    const whole = Buffer.concat([...rest, bytes.subarray(0, end)]);
    wholeBytes += whole.length;
    rest = [Buffer.from(bytes.subarray(end))];
    const events: RunEvent[] = [];
    // Line by line: a line of plain ASCII takes half the memory, and half the time to parse.
    for (let at = 0; at < whole.length; ) {
      const next = whole.indexOf(LINE_FEED, at);
      lines += 1;
      events.push(parseLine(whole.toString('utf8', at, next), lines === 1, `${file}:${lines}`));
      at = next + 1;
    }
    return events;
  }

  return {
    push,
    get wholeBytes() {
      return wholeBytes;
    },
  };
}

const LINE_FEED = 0x0a;

/** The events of a log that is already in memory: see `createEventReader`. */
export function parseEventLines(text: string, file?: string): readonly RunEvent[] {
  return createEventReader(file).push(Buffer.from(text));
}

type ParseLine = (line: string, isFirst: boolean, position: string) => RunEvent;

function createLineParser(): ParseLine {
  const facts = createKnownParts('facts');
  const findings = createKnownParts('findings');
  const lines = createKnownLines();

  /** Undefined for all that has to be parsed whole, and for what is wrong. */
  function parseWithKnown(line: string): RunEvent | undefined {
    if (line.startsWith(GUEST_READY)) {
      const known = facts.take(line);
      const event = known && parseChecked(known.rest, guestReadyBut);
      return event && ({ ...event, facts: known?.value } as RunEvent);
    }
    if (line.startsWith(TEST_END)) {
      const known = findings.take(line);
      const event = known && parseChecked(known.rest, testEndBut);
      return event && ({ ...event, findings: known?.value } as RunEvent);
    }
    return undefined;
  }

  return (line, isFirst, position) => {
    const same = isFirst ? undefined : lines.take(line);
    if (same !== undefined) return same;
    const known = parseWithKnown(line);
    if (known !== undefined && !isFirst) {
      lines.learn(line, known);
      return known;
    }
    const value = parseJson(line, position);
    const event = checkEvent(value, isFirst, position);
    lines.learn(line, event);
    if (event.type === 'guest-ready') facts.learn(line, value, event.facts);
    if (event.type === 'test-end') findings.learn(line, value, event.findings);
    return event;
  };
}

const GUEST_READY = '{"type":"guest-ready",';
const TEST_END = '{"type":"test-end",';

/** As it was written, see checkEvent; undefined for what is wrong. */
function parseChecked(json: string, schema: z.ZodType): object | undefined {
  const value = tryParse(json);
  return schema.safeParse(value).success ? (value as object) : undefined;
}

function tryParse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // Parsed whole once more, which tells what is wrong with it.
    return undefined;
  }
}

function checkEvent(value: unknown, isFirst: boolean, position: string): RunEvent {
  if (isFirst) checkBegin(value, position);
  const event = eventSchema.safeParse(value);
  // As it was written, so that reports have its keys in the order of the run's own reports.
  if (event.success) return value as RunEvent;
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
