import type { FindingSource } from '../finding.ts';
import type { UnwrappedLine } from '../lines/unwrap-line.ts';
import { C_WORDS, createCAborts } from './c-aborts.ts';
import { createGoPanics, GO_WORDS } from './go-panics.ts';
import type { CrashReader, ProgramCrash } from './program-crash.ts';
import { createRustPanics, RUST_WORDS } from './rust-panics.ts';

/** Every line that begins a program's report of its death contains one of these. */
export const CRASH_WORDS: readonly string[] = [...RUST_WORDS, ...GO_WORDS, ...C_WORDS];

/** The deaths of programs on one stream, in whatever language they are written. */
export interface ProgramCrashes {
  /** Whether the next lines may belong to a report. */
  readonly isOpen: boolean;
  /** The crashes that this line completed. */
  take(line: UnwrappedLine): readonly ProgramCrash[];
  /** What is known of unfinished reports that have not gone on for long before this byte offset. */
  expire(offset: number): readonly ProgramCrash[];
  /** What is known of unfinished reports; whatever follows is another death. */
  flush(): readonly ProgramCrash[];
}

/**
 * What begins a report in a program's log. Elsewhere an unfinished line may precede it; a log that
 * merely quotes a report says something else first.
 */
const LOGGED =
  /^(?:thread '|panic: |fatal error: |SIG[A-Z]+: |(?:\S+: )?[^\s:]+:\d+: |Assertion |memory allocation of |fatal runtime error: |[a-z_]+\(\): |double free or |corrupted |break adjusted |\*\*\* |Fatal glibc |terminate called )/;
/** How much a stream may carry of something else before an unfinished report is taken for whole. */
const WAIT_BYTES_MAX = 64 * 1024;
/** A stream that names writers endlessly must not fill memory. */
const WRITERS_MAX = 32;

const NONE: readonly ProgramCrash[] = [];

/** The readers of one writer's lines. */
interface Readers {
  readonly writer: string;
  readonly all: readonly CrashReader[];
  /** Where the last line that they were given ended. */
  end: number;
}

/**
 * Each language's reader gets every line, and so none keeps a line from another. What different
 * programs write is read apart, however it interleaves, and so is what a program keeps logging
 * while it panics.
 */
export function createProgramCrashes(source: FindingSource): ProgramCrashes {
  /** The one that wrote last is the last. */
  let writers: readonly Readers[] = [];

  const isOpen = (): boolean => writers.some(isReading);

  function expire(offset: number): readonly ProgramCrash[] {
    if (!isOpen()) return NONE;
    return writers.filter(({ end }) => offset - end > WAIT_BYTES_MAX).flatMap(flushAll);
  }

  function find(writer: string): Readers {
    const last = writers.at(-1);
    if (last?.writer === writer) return last;
    return (
      writers.find((readers) => readers.writer === writer) ?? {
        writer,
        all: [createRustPanics(source), createGoPanics(source), createCAborts(source)],
        end: 0,
      }
    );
  }

  /** Puts it last; what there is no room for any more is closed. */
  function touch(readers: Readers): readonly ProgramCrash[] {
    if (writers.at(-1) === readers) return NONE;
    const all = [...writers.filter((other) => other !== readers), readers];
    writers = all.slice(-WRITERS_MAX);
    return all.slice(0, -WRITERS_MAX).flatMap(flushAll);
  }

  return {
    get isOpen() {
      return isOpen();
    },
    take(line) {
      const { channel = '', writer = '', wrapping = '', text } = line;
      const expired = expire(line.start);
      const readers = find(`${channel}\0${writer}\0${wrapping}`);
      const mayBegin = wrapping !== 'log' || LOGGED.test(text);
      if (!mayBegin && !isReading(readers)) return expired;
      const closed = touch(readers);
      readers.end = line.end;
      const found = readers.all.flatMap((reader) =>
        mayBegin || reader.isOpen ? reader.take(line) : NONE,
      );
      return [...expired, ...closed, ...found];
    },
    expire,
    flush: () => writers.flatMap(flushAll),
  };
}

function isReading({ all }: Readers): boolean {
  return all.some((reader) => reader.isOpen);
}

function flushAll({ all }: Readers): readonly ProgramCrash[] {
  return all.flatMap((reader) => reader.flush());
}
