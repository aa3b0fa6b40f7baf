/**
 * Go's panics and fatal errors (runtime/panic.go, runtime/signal_unix.go): a line with the reason,
 * then stacks. Without a stack it is not a crash: many programs print `panic: ` or `fatal error: `.
 */
import type { FindingSource } from '../finding.ts';
import type { OutputLine } from '../lines/line-splitter.ts';
import { type CrashReader, crashOf, type ProgramCrash } from './program-crash.ts';

const REASON = /^(?:panic: (.*)|(fatal error: .+)|(SIG[A-Z]+: .+))$/;
/** A stack begins. More of the reason may precede it: a signal, what was recovered from. */
const GOROUTINE = /^goroutine \d+ .*\[.+\]:$/;
/** A call; its arguments are addresses. */
const CALL = /^([\w./*()[\]{}·~%@$-]+?)\((?:[^()]*|\.\.\.)\)$/;
/** Functions of the runtime, and those of its library that wait, call the kernel or run tests. */
const RUNTIME = /^(?:runtime|internal\/\w+|sync|syscall|panic|testing)(?:[./(]|$)/;
const LINES_BEFORE_STACK_MAX = 64;
const LINES_MAX = 128;

/** Every line that begins a crash contains one of these. */
export const GO_WORDS: readonly string[] = [
  'panic: ',
  'fatal error: ',
  'SIGABRT: ',
  'SIGQUIT: ',
  'SIGSEGV: ',
  'SIGBUS: ',
  'SIGILL: ',
];

interface OpenCrash {
  readonly first: OutputLine;
  readonly reason: string;
  readonly lines: string[];
  end: number;
}

export function createGoPanics(source: FindingSource): CrashReader {
  /** A reason that no stack has followed yet. */
  let waiting: OpenCrash | undefined;
  /** A crash whose stack is being printed. */
  let reading: OpenCrash | undefined;

  function close(place: string | undefined, isCut: boolean): readonly ProgramCrash[] {
    if (reading === undefined) return [];
    const { first, reason, lines, end } = reading;
    reading = undefined;
    return [crashOf('go', source, reason, place, { start: first.start, end }, lines, isCut)];
  }

  function readFrame({ text, end }: OutputLine): readonly ProgramCrash[] {
    if (reading === undefined) return [];
    reading.lines.push(text);
    reading.end = end;
    const name = CALL.exec(text)?.[1];
    if (name !== undefined && !RUNTIME.test(name)) return close(name, false);
    const isOver = text.trim() === '' || text.startsWith('created by ');
    return isOver || reading.lines.length >= LINES_MAX ? close(undefined, !isOver) : [];
  }

  /** A reason stands right before its stack: of several the last one counts. */
  function waitForStack(line: OutputLine): readonly ProgramCrash[] {
    const { text, end } = line;
    const match = REASON.exec(text);
    if (match !== null) {
      const reason = describeReason(match[1] ?? match[2] ?? match[3] ?? '');
      waiting = { first: line, reason, lines: [text], end };
      return [];
    }
    if (waiting === undefined) return [];
    waiting.lines.push(text);
    waiting.end = end;
    if (GOROUTINE.test(text)) {
      const cut = close(undefined, true);
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
    flush() {
      waiting = undefined;
      return close(undefined, true);
    },
  };
}

/** Values that are not text are printed with type and address (runtime/error.go). */
function describeReason(reason: string): string {
  const value = reason.replace(/^\(([^)]*)\) .*$/, '$1');
  const recovered = value.endsWith(']') ? value.indexOf('[recovered') : -1;
  return recovered === -1 ? value : value.slice(0, recovered).trimEnd();
}
