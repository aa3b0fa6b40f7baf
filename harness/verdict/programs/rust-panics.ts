/**
 * Rust's panics on a stream, in the three forms of their first line (library/std/src/panicking.rs):
 * since 1.73 the message is on the next line; since 1.91 the thread's id is there, too; before 1.73
 * message and place shared one line. Also deaths that have no such line.
 */
import type { FindingSource } from '../finding.ts';
import type { OutputLine } from '../lines/line-splitter.ts';
import { type CrashReader, crashOf, type ProgramCrash } from './program-crash.ts';

const THREAD = String.raw`thread '(?:[^'\\]|\\.)*'(?: \(\d+\))? panicked at `;
const HEADER = new RegExp(String.raw`${THREAD}([^'].*?\.rs):(\d+):\d+:\s*$`);
const OLD_HEADER = new RegExp(`${THREAD}'`);
/** The message may itself contain what looks like a place: the last one on the line counts. */
const OLD_END = /^(.*)', ([^',]+\.rs):(\d+):\d+$/;
/** A message may have any number of lines; the place of an old header follows the last one. */
const OLD_LINES_MAX = 32;

/** Deaths by abort(3), which itself prints nothing. */
const ABORT = new RegExp(
  `^(?:${[
    String.raw`memory allocation of \d+ bytes failed`,
    String.raw`thread '.*' (?:\(\d+\) )?has overflowed its stack`,
    'fatal runtime error: .*',
    'thread panicked while (?:panicking|processing panic).*',
  ].join('|')})`,
);
/** What a death of one kind ends in, where its own line came before. */
const ABORT_AFTER = {
  panic: /^(?:fatal runtime error: .*panic|thread panicked while )/,
  overflow: /^fatal runtime error: stack overflow/,
} as const;

/** Printed after a panic that was reported already, when unwinding is impossible. */
const ANNOUNCEMENT = /^panic in a (?:destructor during cleanup|function that cannot unwind)/;

/** Every line that begins a panic contains one of these. */
export const RUST_WORDS: readonly string[] = [
  'panicked at ',
  'panicked while ',
  'memory allocation of ',
  'overflowed its stack',
  'fatal runtime error: ',
];

interface OpenPanic {
  readonly first: OutputLine;
  /** Known at once in the newer forms. */
  readonly place: string | undefined;
  /** Lines so far, from the header on. */
  readonly lines: string[];
  end: number;
}

export function createRustPanics(source: FindingSource): CrashReader {
  let open: OpenPanic | undefined;
  /** A panic that becomes an abort is one death, and so is an overflow and its abort. */
  const deaths = new Set<keyof typeof ABORT_AFTER>();

  function close(
    message: string,
    place: string | undefined,
    isCut = false,
  ): readonly ProgramCrash[] {
    if (open === undefined) return [];
    const { first, lines, end } = open;
    open = undefined;
    if (deaths.has('panic') && ANNOUNCEMENT.test(message)) return [];
    deaths.add('panic');
    return [crashOf('rust', source, message, place, { start: first.start, end }, lines, isCut)];
  }

  function take(line: OutputLine): readonly ProgramCrash[] {
    const { text } = line;
    const header = HEADER.exec(text);
    if (header !== null) {
      const place = `${normalisePath(header[1] ?? '')}:${header[2]}`;
      const closed = closeUnfinished();
      open = { first: line, place, lines: [text], end: line.end };
      return closed;
    }
    const old = OLD_HEADER.exec(text);
    if (old !== null) {
      const closed = closeUnfinished();
      open = { first: line, place: undefined, lines: [], end: line.end };
      return [...closed, ...takeOld(line, text.slice(old.index + old[0].length))];
    }
    if (open === undefined) return takeAbort(line);
    if (open.place === undefined) return takeOld(line, text);
    open.lines.push(text);
    open.end = line.end;
    return close(/^(?:stack backtrace:|note: run with)/.test(text) ? '' : text, open.place);
  }

  /** @param rest The line; of the header only what follows the opening quote. */
  function takeOld({ end, text }: OutputLine, rest: string): readonly ProgramCrash[] {
    if (open === undefined) return [];
    open.lines.push(text);
    open.end = end;
    const last = OLD_END.exec(rest);
    if (last === null) return open.lines.length < OLD_LINES_MAX ? [] : closeUnfinished();
    const [, before = '', file = '', row] = last;
    const message = open.lines.length === 1 ? before : firstMessageLine(open.lines);
    return close(message, `${normalisePath(file)}:${row}`);
  }

  function takeAbort({ text, start, end }: OutputLine): readonly ProgramCrash[] {
    const abort = ABORT.exec(text);
    if (abort === null || [...deaths].some((death) => ABORT_AFTER[death].test(text))) return [];
    if (text.includes('overflowed its stack')) deaths.add('overflow');
    const title = abort[0].replace(/\d+ bytes/, 'N bytes').replace(/ \(\d+\)/, '');
    return [crashOf('rust', source, title, undefined, { start, end }, [text])];
  }

  function closeUnfinished(): readonly ProgramCrash[] {
    if (open === undefined) return [];
    return close(open.place === undefined ? firstMessageLine(open.lines) : '', open.place, true);
  }

  return {
    get isOpen() {
      return open !== undefined;
    },
    take,
    flush() {
      const findings = closeUnfinished();
      deaths.clear();
      return findings;
    },
  };
}

function firstMessageLine([first = '']: readonly string[]): string {
  return first.replace(OLD_HEADER, '\n').split('\n').at(-1) ?? '';
}

/** The same on every machine: no build folder, registry folder or compiler's hash. */
function normalisePath(path: string): string {
  return path
    .replace(/^.*\/registry\/src\/[^/]+\//, '')
    .replace(/^.*\/git\/checkouts\/([^/]+?)(?:-[0-9a-f]{16})?\/[0-9a-f]+\//, '$1/')
    .replace(/^\/rustc\/[0-9a-f]+\//, 'rustc/')
    .replace(/^.*\/rustlib\/src\/rust\//, 'rustc/')
    .replace(/^\/(?:.*\/)?([^/]+\/src\/)/, '$1');
}
