import { C_WORDS, createCAborts } from './c-aborts.ts';
import type { FindingSource } from './finding.ts';
import { createGoPanics, GO_WORDS } from './go-panics.ts';
import type { CrashReader } from './program-crash.ts';
import { createRustPanics, RUST_WORDS } from './rust-panics.ts';
import type { UnwrappedLine } from './wrapped-line.ts';

/** Every line that begins a program's report of its death contains one of these. */
export const CRASH_WORDS: readonly string[] = [...RUST_WORDS, ...GO_WORDS, ...C_WORDS];

/**
 * What begins a report in a program's log. Elsewhere an unfinished line may precede it; a log that
 * merely quotes a report says something else first.
 */
const LOGGED = /^(?:thread '|panic: |fatal error: |Assertion |memory allocation of )/;

/** The deaths of programs on one stream, in whatever language they are written. */
export function createProgramCrashes(source: FindingSource): CrashReader {
  const readers = [createRustPanics(source), createGoPanics(source), createCAborts(source)];
  const findBusy = () => readers.find((reader) => reader.isOpen);
  /** What wrapped the lines of the report that is being read. */
  let wrapping: UnwrappedLine['wrapping'];

  return {
    get isOpen() {
      return findBusy() !== undefined;
    },
    take(line: UnwrappedLine) {
      const busy = findBusy();
      // Lines that the program keeps logging meanwhile are not part of its panic.
      if (busy !== undefined) return wrapping === line.wrapping ? busy.take(line) : [];
      if (line.wrapping === 'log' && !LOGGED.test(line.text)) return [];
      wrapping = line.wrapping;
      return readers.flatMap((reader) => reader.take(line));
    },
    flush: () => readers.flatMap((reader) => reader.flush()),
  };
}
