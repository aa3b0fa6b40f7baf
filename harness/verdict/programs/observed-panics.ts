/**
 * Panics that Kubernetes' HandleCrash tells with its own stack, before it panics again
 * (k8s.io/apimachinery, pkg/util/runtime: logPanic). A program may be told to survive them: it has
 * if it says more, and does not repeat the panic.
 */
import type { FindingSource } from '../finding.ts';
import type { OutputLine } from '../lines/line-splitter.ts';
import { readGoFrame } from './go-frames.ts';
import { type CrashReader, crashOf, type ProgramCrash } from './program-crash.ts';

/** With the value as Go's syntax has it and as text, or with keys since klog's are structured. */
const TEXT = /(?:^|\] )Observed a panic: (.*)$/;
const KEYS = /(?:^|\] )"Observed a panic" .*?\bpanic="((?:[^"\\]|\\.)*)"/;
const GOROUTINE = /^\t?goroutine \d+ .*\[.+\]:$/;
/** What stands between the calls, and ends a value of several lines. */
const OF_STACK = /^\s+\S+\.(?:go|s):\d+|^created by |^\s*>?\s*$/;
const AGAIN = /^panic: /;
/** Other goroutines may log until the program is dead. */
const LINES_AFTER_MAX = 32;
const LINES_MAX = 256;

/** Every line that begins a report contains this. */
export const OBSERVED_WORDS: readonly string[] = ['Observed a panic'];

interface Open {
  readonly first: OutputLine;
  readonly reason: string;
  readonly lines: string[];
  end: number;
  isStack: boolean;
  hasPanicked: boolean;
  place?: string;
  library?: string;
  linesAfter: number;
}

export function createObservedPanics(source: FindingSource): CrashReader {
  let open: Open | undefined;

  function close(): readonly ProgramCrash[] {
    if (open === undefined) return [];
    const { first, reason, lines, end, place, library, hasPanicked } = open;
    open = undefined;
    if (!hasPanicked) return [];
    const bytes = { start: first.start, end };
    return [crashOf('go', source, reason, place ?? library, bytes, lines)];
  }

  function readStack(into: Open, { text, end }: OutputLine): void {
    into.lines.push(text);
    into.end = end;
    const frame = readGoFrame(text.replace(/^\t/, ''));
    if (frame?.kind === 'panic') {
      into.hasPanicked = true;
      delete into.place;
      delete into.library;
    } else if (frame?.kind === 'library') into.library ??= frame.name;
    else if (frame?.kind === 'own') into.place ??= frame.name;
  }

  function goOn(into: Open, line: OutputLine): readonly ProgramCrash[] {
    const { text } = line;
    if (AGAIN.test(text) && into.hasPanicked && into.place !== undefined) return close();
    const isStart = GOROUTINE.test(text);
    into.isStack ||= isStart;
    const isFrame = readGoFrame(text.replace(/^\t/, '')) !== undefined;
    const isOwn = isStart || (into.isStack && (isFrame || OF_STACK.test(text)));
    into.linesAfter = isOwn ? 0 : into.linesAfter + 1;
    if (isOwn && into.lines.length < LINES_MAX) readStack(into, line);
    if (into.linesAfter > LINES_AFTER_MAX) open = undefined;
    return [];
  }

  return {
    get isOpen() {
      return open !== undefined;
    },
    take(line) {
      const reason = reasonOf(line.text);
      if (reason === undefined) return open === undefined ? [] : goOn(open, line);
      const { text, end } = line;
      const state = { isStack: false, hasPanicked: false, linesAfter: 0 };
      open = { first: line, reason, lines: [text], end, ...state };
      return [];
    },
    flush() {
      // Who says no more after the stack is dead, or the log ends.
      if (open !== undefined && open.linesAfter > 0) open = undefined;
      return close();
    },
  };
}

function reasonOf(text: string): string | undefined {
  const [, keyed] = KEYS.exec(text) ?? [];
  if (keyed !== undefined) return keyed.replace(/\\(.)/g, '$1');
  const [, said] = TEXT.exec(text) ?? [];
  if (said === undefined) return undefined;
  const value = / \((.*)\)$/.exec(said)?.[1];
  return value ?? said;
}
