/**
 * Lines of a log that say what earlier ones said, at another time, of another cell or guest, or with
 * another duration: most of a large log. Each is parsed and checked once, and recognised by the rest of
 * its text from then on, which also keeps one copy of it in memory. By hand, since it is about the bytes
 * of our own log: no parser knows what it has parsed before.
 */
import { z } from 'zod';
import type { RunEvent } from '../events.ts';

/** Longer lines hardly repeat. */
const LENGTH_MAX = 2000;
/** Once there are more, all are forgotten. */
const LINES_MAX = 5000;

/** Types of events. What guests say of themselves is longer: see known-parts.ts. */
const STARTS = [
  'cell-begin',
  'tests',
  'test-begin',
  'finding',
  'test-end',
  'guest-end',
  'cell-end',
];
const TYPE_MARK = '{"type":"';
const TIME_MARK = '","time":"';
const TIME_LENGTH = '2026-11-25T12:00:00.000Z'.length;
const CELL_MARK = '","cell":"';
const DURATION_MARK = '"durationMs":';

const TIME = z.regexes.datetime({});
/** Such a text is what it looks like: nothing in it is escaped. */
const PLAIN = /^[^"\\\p{Cc}]*$/u;
const DURATION = /^(?:0|[1-9]\d{0,14})$/;

interface TakenApart {
  readonly time: string;
  readonly cell: string;
  readonly durationMs: number | undefined;
  /** All that follows the cell, without the duration. */
  readonly rest: string;
  /** Events of its type, by what `rest` was. */
  readonly known: Map<string, RunEvent>;
}

export interface KnownLines {
  /** The event of a line that differs from a known one in nothing but what may differ. */
  take(line: string): RunEvent | undefined;
  /** @param event What the line was found to be. */
  learn(line: string, event: RunEvent): void;
}

export function createKnownLines(): KnownLines {
  const byType = new Map<string, Map<string, RunEvent>>(STARTS.map((type) => [type, new Map()]));
  /** The cell of the line before, which was found to be plain. */
  let plainCell = '';

  function takeApart(line: string): TakenApart | undefined {
    if (line.length > LENGTH_MAX || !line.startsWith(TYPE_MARK)) return undefined;
    const typeEnd = line.indexOf('"', TYPE_MARK.length);
    const known = byType.get(line.slice(TYPE_MARK.length, typeEnd));
    const timeAt = typeEnd + TIME_MARK.length;
    const timeEnd = timeAt + TIME_LENGTH;
    const cellAt = timeEnd + CELL_MARK.length;
    const isEvent =
      known !== undefined &&
      line.startsWith(TIME_MARK, typeEnd) &&
      line.startsWith(CELL_MARK, timeEnd);
    if (!isEvent) return undefined;
    const cellEnd = line.indexOf('"', cellAt);
    const [time, cell] = [line.slice(timeAt, timeEnd), line.slice(cellAt, cellEnd)];
    if (cellEnd === -1 || !TIME.test(time)) return undefined;
    if (cell !== plainCell) {
      if (!PLAIN.test(cell)) return undefined;
      plainCell = cell;
    }
    const markAt = line.indexOf(DURATION_MARK, cellEnd);
    if (markAt === -1)
      return { time, cell, durationMs: undefined, rest: line.slice(cellEnd), known };
    const at = markAt + DURATION_MARK.length;
    const comma = line.indexOf(',', at);
    const end = comma === -1 ? line.length - 1 : comma;
    const digits = line.slice(at, end);
    if (!DURATION.test(digits)) return undefined;
    const rest = line.slice(cellEnd, at) + line.slice(end);
    return { time, cell, durationMs: Number(digits), rest, known };
  }

  return {
    take(line) {
      const parts = takeApart(line);
      const same = parts?.known.get(parts.rest);
      if (parts === undefined || same === undefined) return undefined;
      const { time, cell, durationMs } = parts;
      // In the order of the keys of the known one, which is that of the line.
      return (
        durationMs === undefined ? { ...same, time, cell } : { ...same, time, cell, durationMs }
      ) as RunEvent;
    },
    learn(line, event) {
      const parts = takeApart(line);
      if (parts === undefined || !isWhole(line, event, parts.durationMs)) return;
      if (parts.known.size >= LINES_MAX) parts.known.clear();
      parts.known.set(parts.rest, event);
    },
  };
}

/** Each key that was looked for is the event's own one, and comes once. */
function isWhole(line: string, event: RunEvent, durationMs: number | undefined): boolean {
  const own = (event as { readonly durationMs?: unknown }).durationMs;
  return (
    own === durationMs &&
    line.indexOf(DURATION_MARK) === line.lastIndexOf(DURATION_MARK) &&
    JSON.stringify(event) === line
  );
}
