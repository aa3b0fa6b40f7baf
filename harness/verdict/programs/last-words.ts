/**
 * What an agent said last, for people: it mostly explains why a program ended or refused something.
 * Decides nothing; agent-triage.ts recognises what does.
 */
import type { LastWords } from '../../events.ts';
import { toLine } from '../../text.ts';
import type { StreamEnd } from '../lines/stream-tail.ts';

const LINES_MAX = 5;
const LINE_LENGTH_MAX = 200;

/**
 * The last lines of stderr; of JSON log lines only the messages of errors. If stderr says nothing,
 * the errors on stdout count: kata-agent without a log port logs there, in slog's JSON. Undefined
 * if neither stream says anything.
 */
export function lastWords(
  streams: Readonly<Record<'stderr' | 'stdout', StreamEnd>>,
): LastWords | undefined {
  const stderr = lastLines(streams.stderr, true);
  if (stderr.length > 0) return { source: 'agent-stderr', lines: stderr };
  const stdout = lastLines(streams.stdout, false);
  return stdout.length > 0 ? { source: 'agent-stdout', lines: stdout } : undefined;
}

function lastLines({ bytes, isCut }: StreamEnd, hasPlain: boolean): readonly string[] {
  const lines = bytes.toString('utf8').split(/\r?\n/);
  const whole = isCut && lines.length > 1 ? lines.slice(1) : lines;
  return withoutBacktraces(whole)
    .flatMap((line) => wordsOf(line, hasPlain))
    .map((line) => toLine(line, LINE_LENGTH_MAX))
    .filter((line) => line !== '')
    .slice(-LINES_MAX);
}

const BACKTRACE_BEGIN = /^stack backtrace:$/i;
/** A frame with an address, anywhere; without one, only below a line that begins a backtrace. */
const FRAME = /^\s*\d+:\s+0x[0-9a-f]+ - |^\s{6,}at \S/;
const FRAME_IN_BACKTRACE = /^\s*\d+:\s|^\s+at \S/;
/** library/std/src/panicking.rs, sys/backtrace.rs */
const BACKTRACE_NOTE = /^note: (?:run with|Some details are omitted)/;

/** A panic's stack is longer than all that is shown, and means little to most readers. */
function withoutBacktraces(lines: readonly string[]): readonly string[] {
  let isInBacktrace = false;
  return lines.filter((line) => {
    if (BACKTRACE_BEGIN.test(line.trim())) {
      isInBacktrace = true;
      return false;
    }
    isInBacktrace &&= FRAME_IN_BACKTRACE.test(line);
    return !isInBacktrace && !FRAME.test(line) && !BACKTRACE_NOTE.test(line);
  });
}

/** slog's short names (slog::Level), and other loggers' names for the same levels. */
const ERROR_LEVELS = /^(?:erro|error|crit|critical|fatal|panic|alert|emerg)$/i;

function wordsOf(line: string, hasPlain: boolean): readonly string[] {
  const logged = parseLogged(line);
  if (logged === undefined) return hasPlain ? [line] : [];
  if (typeof logged.level !== 'string' || !ERROR_LEVELS.test(logged.level)) return [];
  const said = [logged.msg ?? logged.message, logged.error].filter(
    (value) => typeof value === 'string',
  );
  return withoutBacktraces(said.join(': ').split('\n'));
}

interface Logged {
  readonly level?: unknown;
  readonly msg?: unknown;
  readonly message?: unknown;
  readonly error?: unknown;
}

function parseLogged(line: string): Logged | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Logged;
  } catch {
    // Not a log line after all.
    return undefined;
  }
}
