/**
 * Go's panics and fatal errors (runtime/panic.go, runtime/signal_unix.go): a line with the reason,
 * then stacks. Without a stack it is not a crash: many programs print `panic: ` or `fatal error: `.
 */
import { omitUndefined } from '../../omit-undefined.ts';
import type { FindingSource } from '../finding.ts';
import type { OutputLine } from '../lines/line-splitter.ts';
import { readGoFrame } from './go-frames.ts';
import { type CrashReader, crashOf, type ProgramCrash } from './program-crash.ts';

const REASON = /^(?:panic: (.*)|(fatal error: .+)|(SIG[A-Z]+: .+))$/;
const PANIC = /^(?:panic|fatal error): /;
/** A stack begins. More of the reason may precede it: a signal, what was recovered from. */
const GOROUTINE = /^goroutine \d+ .*\[.+\]:$/;
/** A deferred function has panicked, too, or with the same value again. */
const NESTED = /^\s+panic: |\[recovered/;
/** How a program ends that something else, which may have told why, ended by abort(3). */
const ABORTED = /^SIG(?:ABRT|ILL|TRAP|QUIT): /;
/** A signal's own header goes on with this (runtime/signal_unix.go: sighandler). */
const SIGNAL_PC = /^PC=0x[0-9a-f]/;
/** A logger that has told the reason before, and panics with its own entry. */
const LOGGER = /^\*?logrus\.Entry$/;
const LINES_BEFORE_STACK_MAX = 64;
const LINES_MAX = 128;

/** Every line that begins a crash contains one of these. */
export const GO_WORDS: readonly string[] = [
  'panic: ',
  // What the runtime is about to say, in an entry of a log.
  'level=panic ',
  '"level":"panic"',
  'fatal error: ',
  'SIGABRT: ',
  'SIGQUIT: ',
  'SIGSEGV: ',
  'SIGBUS: ',
  'SIGILL: ',
  'SIGFPE: ',
  'SIGTRAP: ',
  'SIGSYS: ',
];

interface OpenCrash {
  readonly first: OutputLine;
  reason: string;
  readonly lines: string[];
  /** Deferred functions may be above what panicked. */
  isNested: boolean;
  /** A signal that was named, and whether it certainly is what the stack belongs to. */
  signal?: string;
  isSignal?: boolean;
  end: number;
  place?: string;
  /** A function of a library, which is the place if there is no other. */
  library?: string;
}

export function createGoPanics(source: FindingSource): CrashReader {
  /** A reason that no stack has followed yet. */
  let waiting: OpenCrash | undefined;
  /** A crash whose stack is being printed. */
  let reading: OpenCrash | undefined;

  function close(isCut: boolean): readonly ProgramCrash[] {
    if (reading === undefined) return [];
    const { first, reason, lines, end, place, library } = reading;
    reading = undefined;
    const at = place ?? library;
    const bytes = { start: first.start, end };
    const crash = crashOf('go', source, reason, at, bytes, lines, isCut && at === undefined);
    return [ABORTED.test(reason) ? { ...crash, follows: 'death' } : crash];
  }

  function readFrame({ text, end }: OutputLine): readonly ProgramCrash[] {
    if (reading === undefined) return [];
    const frame = readGoFrame(text);
    reading.lines.push(text);
    reading.end = end;
    if (frame?.kind === 'look') {
      reading = undefined;
      return [];
    }
    if (frame?.kind === 'panic') {
      delete reading.place;
      delete reading.library;
    } else if (frame?.kind === 'library') reading.library ??= frame.name;
    else if (frame?.kind === 'own') {
      reading.place ??= frame.name;
      if (!reading.isNested) return close(false);
    }
    const isOver = text.trim() === '' || text.startsWith('created by ');
    return isOver || reading.lines.length >= LINES_MAX ? close(!isOver) : [];
  }

  /** A reason stands right before its stack: of several the last one counts. */
  function waitForStack(line: OutputLine): readonly ProgramCrash[] {
    const { text, end } = line;
    const match = waiting?.isSignal ? null : REASON.exec(text);
    if (match !== null) {
      const said = describeReason(match[1] ?? match[2] ?? match[3] ?? '');
      const reason = LOGGER.test(said) ? (waiting?.reason ?? said) : said;
      // Whoever printed the reason before, the stack may be its own.
      const isNested = NESTED.test(text) || waiting?.isNested === true;
      const before = waiting?.signal;
      const signal = ABORTED.test(before ?? '') ? before : (match[3] ?? before);
      waiting = { first: line, reason, lines: [text], isNested, end, ...omitUndefined({ signal }) };
      return [];
    }
    if (waiting === undefined) return [];
    waiting.lines.push(text);
    waiting.end = end;
    if (waiting.signal !== undefined && SIGNAL_PC.test(text)) {
      waiting.reason = waiting.signal;
      waiting.isSignal = true;
    }
    waiting.isNested ||= NESTED.test(text);
    if (GOROUTINE.test(text)) {
      const cut = close(true);
      reading = waiting;
      waiting = undefined;
      return cut;
    }
    if (waiting.lines.length >= LINES_BEFORE_STACK_MAX) waiting = undefined;
    return [];
  }

  return {
    get isOpen() {
      return waiting !== undefined || reading !== undefined;
    },
    take: (line) => [...readFrame(line), ...waitForStack(line)],
    exit() {
      if (waiting === undefined || !PANIC.test(waiting.first.text)) return [];
      const { first, reason, lines, end } = waiting;
      waiting = undefined;
      const crash = crashOf('go', source, reason, undefined, { start: first.start, end }, lines);
      return [{ ...crash, follows: 'death' }];
    },
    flush() {
      waiting = undefined;
      return close(true);
    },
  };
}

/** Values that are not text are printed with type and address (runtime/error.go). */
function describeReason(reason: string): string {
  const value = reason.replace(/^\(([^)]*)\) .*$/, '$1');
  const recovered = value.endsWith(']') ? value.indexOf('[recovered') : -1;
  return recovered === -1 ? value : value.slice(0, recovered).trimEnd();
}
