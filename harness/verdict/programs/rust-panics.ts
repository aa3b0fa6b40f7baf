/**
 * Rust's panics on a stream. Two threads may panic at once: the first message that follows two
 * headers belongs to the first of them, since each thread writes its own lines in order.
 */
import type { FindingSource } from '../finding.ts';
import type { OutputLine } from '../lines/line-splitter.ts';
import { type CrashReader, crashOf, type ProgramCrash } from './program-crash.ts';
import {
  beginsHeader,
  HEADER_WORDS,
  type RustHeader,
  readBarePlace,
  readHeader,
  readQuotedEnd,
} from './rust-headers.ts';

/** A quoted message may have any number of lines; the place follows the last one. */
const QUOTED_LINES_MAX = 32;
/** More threads than that are not waited for. */
const WAITING_MAX = 8;
/** For how many lines the place of an interrupted thread is looked for. */
const UNPLACED_LINES_MAX = 32;

/** What follows a message, or belongs to another thread's. */
const AFTERMATH = /^(?:stack backtrace:|note: [Rr]un with|note: Some details are omitted)/;
const VALUE_OR_FRAME = /^\s+(?:left|right): |^\s+\d+:\s+(?:0x[0-9a-f]+ - )?\S|^\s{6,}at \S/;

/** Printed after a panic that was reported already, when unwinding is impossible. */
const ANNOUNCEMENT = /^panic in a (?:destructor during cleanup|function that cannot unwind)/;
/** What a thread says that panics because another one did: over its lock, its result, its task. */
const CONSEQUENCE =
  /^called `Result::(?:unwrap|expect)\(\)` on an `Err` value: (?:PoisonError \{|"PoisonError|Any \{|JoinError::Panic\()|task (?:\d+ )?panicked\b/;

/** Every line that begins a panic contains one of these. */
export const RUST_WORDS: readonly string[] = HEADER_WORDS;

interface OpenPanic {
  readonly first: OutputLine;
  /** Known at once in the newer forms. */
  readonly place?: string;
  /** Lines so far, from the header on. */
  readonly lines: string[];
  end: number;
}

export function createRustPanics(source: FindingSource): CrashReader {
  /** Panics with a place whose messages have not come yet, oldest first. */
  let waiting: readonly OpenPanic[] = [];
  /** A panic whose message began and whose place has not come yet. */
  let quoted: OpenPanic | undefined;
  /** Threads that were interrupted before they told their place. */
  let unplaced = 0;
  let unplacedLines = 0;

  const isOpen = (): boolean => waiting.length > 0 || quoted !== undefined || unplaced > 0;

  function crash(panic: OpenPanic, said: string, place = panic.place, isCut = false): ProgramCrash {
    const { first, lines, end } = panic;
    const message = withoutValues(said);
    const isConsequence = ANNOUNCEMENT.test(message) || CONSEQUENCE.test(message);
    return {
      ...crashOf('rust', source, message, place, { start: first.start, end }, lines, isCut),
      kind: 'rust-panic',
      ...(isConsequence ? { follows: 'rust-panic' } : {}),
    };
  }

  /** @param line The message; undefined if there is none. */
  function closeFirst(line: OutputLine | undefined, isCut = false): readonly ProgramCrash[] {
    const [panic, ...others] = waiting;
    if (panic === undefined) return [];
    waiting = others;
    if (line === undefined) return [crash(panic, '', panic.place, isCut)];
    panic.lines.push(line.text);
    panic.end = line.end;
    return [crash(panic, line.text)];
  }

  function closeQuoted(): readonly ProgramCrash[] {
    if (quoted === undefined) return [];
    const panic = quoted;
    quoted = undefined;
    return [crash(panic, firstMessageLine(panic.lines), undefined, true)];
  }

  function openPlaces(line: OutputLine, places: readonly string[]): readonly ProgramCrash[] {
    const opened = places.map((place) => ({
      first: line,
      place,
      lines: [line.text],
      end: line.end,
    }));
    waiting = [...waiting, ...opened];
    return waiting.length > WAITING_MAX ? closeFirst(undefined, true) : [];
  }

  function takeHeader(line: OutputLine, header: RustHeader): readonly ProgramCrash[] {
    const { text } = line;
    if (header.form === 'whole') {
      const panic = { first: line, lines: [text], end: line.end };
      const told = crash(panic, header.message, header.place);
      return [header.isConsequence ? { ...told, follows: 'rust-panic' } : told];
    }
    if (header.unplaced > 0) {
      unplaced = Math.min(unplaced + header.unplaced, WAITING_MAX);
      unplacedLines = 0;
    }
    if (header.form === 'places') return [...closeQuoted(), ...openPlaces(line, header.places)];
    const whole = readQuotedEnd(header.rest);
    if (whole !== undefined) {
      return [crash({ first: line, lines: [text], end: line.end }, whole.message, whole.place)];
    }
    const closed = closeQuoted();
    quoted = { first: line, lines: [text], end: line.end };
    return closed;
  }

  function takeQuoted(line: OutputLine): readonly ProgramCrash[] | undefined {
    if (quoted === undefined) return undefined;
    const end = readQuotedEnd(line.text);
    if (end === undefined && waiting.length > 0) return undefined;
    const panic = quoted;
    panic.lines.push(line.text);
    panic.end = line.end;
    if (end === undefined) return panic.lines.length < QUOTED_LINES_MAX ? [] : closeQuoted();
    quoted = undefined;
    return [crash(panic, firstMessageLine(panic.lines), end.place)];
  }

  /** The rest of what an interrupted thread had begun to say. */
  function takeRest(line: OutputLine): readonly ProgramCrash[] | undefined {
    if (unplaced === 0) return undefined;
    unplacedLines += 1;
    if (unplacedLines > UNPLACED_LINES_MAX) {
      unplaced = 0;
      return undefined;
    }
    const place = readBarePlace(line.text);
    if (place !== undefined) {
      unplaced -= 1;
      return openPlaces(line, [place]);
    }
    const end = readQuotedEnd(line.text);
    if (end === undefined) return undefined;
    unplaced -= 1;
    return [crash({ first: line, lines: [line.text], end: line.end }, end.message, end.place)];
  }

  function takeMessage(line: OutputLine): readonly ProgramCrash[] {
    const { text } = line;
    const [first] = waiting;
    if (first === undefined || VALUE_OR_FRAME.test(text)) return [];
    if (AFTERMATH.test(text)) return closeFirst(undefined);
    if (text.trim() !== '') return closeFirst(line);
    // One empty line may precede the next header (since 1.91), or begin a message.
    const isSecond = first.lines.at(-1) === '';
    first.lines.push('');
    return isSecond ? closeFirst(undefined) : [];
  }

  return {
    get isOpen() {
      return isOpen();
    },
    take(line) {
      const { text } = line;
      const isMessage = waiting.length > 0 && !beginsHeader(text);
      const header = isMessage ? undefined : readHeader(text);
      if (header !== undefined) return takeHeader(line, header);
      if (!isOpen()) return [];
      return takeQuoted(line) ?? takeRest(line) ?? takeMessage(line);
    },
    flush() {
      const closed = [...closeQuoted(), ...waiting.flatMap(() => closeFirst(undefined, true))];
      unplaced = 0;
      return closed;
    },
  };
}

function firstMessageLine([first = '']: readonly string[]): string {
  return first.slice(first.indexOf("panicked at '") + "panicked at '".length);
}

/** Up to 1.72, some of the values that an assertion compared are on its line. */
function withoutValues(message: string): string {
  const begin = message.indexOf(' (left: `');
  const end = message.lastIndexOf('`)');
  return begin === -1 || end < begin ? message : message.slice(0, begin) + message.slice(end + 2);
}
