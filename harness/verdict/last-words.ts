/**
 * What an agent said last, for people: why a program ended or refused something mostly stands there.
 * Decides nothing; what is recognised in an agent's output is in agent-triage.ts.
 */
import type { LastWords } from '../events.ts';
import { toLine } from '../text.ts';
import type { StreamEnd } from './stream-tail.ts';

const LINES_MAX = 5;
const LINE_LENGTH_MAX = 200;

/**
 * The last lines of stderr, and of JSON logs the messages of errors alone. Where stderr says nothing
 * the errors of stdout count, for a program that logs may do so there (kata-agent without a log
 * port: JSON of slog). Undefined if neither says anything.
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
/** With an address, or below a line that says that a backtrace begins; and its file's line. */
const FRAME = /^\s*\d+:\s+0x[0-9a-f]+ - |^\s{6,}at \S/;
const FRAME_IN_BACKTRACE = /^\s*\d+:\s|^\s+at \S/;
/** library/std/src/panicking.rs, sys/backtrace.rs */
const BACKTRACE_NOTE = /^note: (?:run with|Some details are omitted)/;

/** A panic's stack is longer than all that is shown, and says nothing to most readers. */
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

/** slog's short names (slog::Level), and what other loggers call the same. */
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
    // A line like any other.
    return undefined;
  }
}
