import { omitUndefined } from '../../omit-undefined.ts';
import type { FindingSource } from '../finding.ts';
import type { UnwrappedLine } from '../lines/wrapped-line.ts';
import { C_WORDS, createCAborts } from './c-aborts.ts';
import { createGoPanics, GO_WORDS } from './go-panics.ts';
import type { CrashReader, ProgramCrash } from './program-crash.ts';
import { createRustPanics, RUST_WORDS } from './rust-panics.ts';

/** Every line that begins a program's report of its death contains one of these. */
export const CRASH_WORDS: readonly string[] = [...RUST_WORDS, ...GO_WORDS, ...C_WORDS];

export interface WrappedCrash extends ProgramCrash, Pick<UnwrappedLine, 'wrapping'> {}

/** The deaths of programs on one stream, in whatever language they are written. */
export interface ProgramCrashes {
  /** Whether the next lines may belong to a report. */
  readonly isOpen: boolean;
  /** The crashes that this line completed. */
  take(line: UnwrappedLine): readonly WrappedCrash[];
  /** What is known of unfinished reports that have not gone on for long before this byte offset. */
  expire(offset: number): readonly WrappedCrash[];
  /** What is known of unfinished reports; whatever follows is another death. */
  flush(): readonly WrappedCrash[];
}

/**
 * What begins a report in a program's log. Elsewhere an unfinished line may precede it; a log that
 * merely quotes a report says something else first.
 */
const LOGGED = /^(?:thread '|panic: |fatal error: |Assertion |memory allocation of )/;
/** How much a stream may carry of something else before an unfinished report is taken for whole. */
const WAIT_BYTES_MAX = 64 * 1024;

const NONE: readonly WrappedCrash[] = [];

/** The readers of lines that are wrapped the same way. */
interface Readers extends Pick<UnwrappedLine, 'wrapping'> {
  readonly all: readonly CrashReader[];
  /** Where the last line that they were given ended. */
  end: number;
}

/**
 * Each language's reader gets every line, and so none keeps a line from another. Lines that a
 * program keeps logging meanwhile are not part of its panic: what is wrapped in different ways is
 * read apart.
 */
export function createProgramCrashes(source: FindingSource): ProgramCrashes {
  const plain = createReaders(source);
  const byWrapping = {
    console: createReaders(source, 'console'),
    log: createReaders(source, 'log'),
  };
  const groups = [plain, ...Object.values(byWrapping)];

  const isOpen = (): boolean => groups.some(({ all }) => all.some((reader) => reader.isOpen));

  function expire(offset: number): readonly WrappedCrash[] {
    if (!isOpen()) return NONE;
    return groups.filter(({ end }) => offset - end > WAIT_BYTES_MAX).flatMap(flushAll);
  }

  return {
    get isOpen() {
      return isOpen();
    },
    take(line) {
      const { wrapping, text } = line;
      const mayBegin = wrapping !== 'log' || LOGGED.test(text);
      const expired = expire(line.start);
      const readers = wrapping === undefined ? plain : byWrapping[wrapping];
      readers.end = line.end;
      const found = readers.all.flatMap((reader) =>
        mayBegin || reader.isOpen ? reader.take(line) : [],
      );
      return found.length === 0 ? expired : [...expired, ...wrap(readers, found)];
    },
    expire,
    flush: () => groups.flatMap(flushAll),
  };
}

function createReaders(source: FindingSource, wrapping?: UnwrappedLine['wrapping']): Readers {
  const all = [createRustPanics(source), createGoPanics(source), createCAborts(source)];
  return { ...omitUndefined({ wrapping }), all, end: 0 };
}

function flushAll(readers: Readers): readonly WrappedCrash[] {
  return readers.all.flatMap((reader) => wrap(readers, reader.flush()));
}

function wrap({ wrapping }: Readers, crashes: readonly ProgramCrash[]): readonly WrappedCrash[] {
  return crashes.map((crash) => ({ ...crash, ...omitUndefined({ wrapping }) }));
}
