/**
 * Go's panics and fatal errors (runtime/panic.go, runtime/signal_unix.go): a line with the reason,
 * then stacks. Without a stack it is not a crash: many programs print `panic: ` or `fatal error: `.
 */
import type { FindingSource } from './finding.ts';
import type { OutputLine } from './line-splitter.ts';
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
  hasStack: boolean;
  end: number;
}

export function createGoPanics(source: FindingSource): CrashReader {
  let open: OpenCrash | undefined;

  function close(place: string | undefined, isCut = false): readonly ProgramCrash[] {
    const crash = open;
    open = undefined;
    if (!crash?.hasStack) return [];
    const { first, reason, lines, end } = crash;
    return [crashOf('go', source, reason, place, { start: first.start, end }, lines, isCut)];
  }

  function begin(line: OutputLine): readonly ProgramCrash[] {
    const match = REASON.exec(line.text);
    if (match === null) return [];
    const reason = describeReason(match[1] ?? match[2] ?? match[3] ?? '');
    open = { first: line, reason, lines: [line.text], hasStack: false, end: line.end };
    return [];
  }

  function take(line: OutputLine): readonly ProgramCrash[] {
    if (open === undefined) return begin(line);
    const { text } = line;
    const { lines } = open;
    lines.push(text);
    open.end = line.end;
    if (!open.hasStack) {
      open.hasStack = GOROUTINE.test(text);
      return lines.length < LINES_BEFORE_STACK_MAX ? [] : close(undefined, true);
    }
    const name = CALL.exec(text)?.[1];
    if (name !== undefined && !RUNTIME.test(name)) return close(name);
    const isOver = text.trim() === '' || text.startsWith('created by ');
    return isOver || lines.length >= LINES_MAX ? close(undefined, !isOver) : [];
  }

  return {
    get isOpen() {
      return open !== undefined;
    },
    take,
    flush: () => close(undefined, true),
  };
}

/** Values that are not text are printed with type and address (runtime/error.go). */
function describeReason(reason: string): string {
  return reason.replace(/^\(([^)]*)\) .*$/, '$1').replace(/\s*\[recovered.*\]$/, '');
}
