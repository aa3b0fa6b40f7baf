import type { Finding, FindingSource } from '../finding.ts';
import type { UnwrappedLine } from '../lines/unwrap-line.ts';
import { type CrashReaders, createCrashReaders } from './crash-readers.ts';
import type { ProgramCrash } from './program-crash.ts';

/** The deaths that one writer's lines tell of. */
export interface WriterCrashes {
  readonly isOpen: boolean;
  /** Whether a report in an entry of its log may go on. */
  readonly isEntryOpen: boolean;
  take(line: UnwrappedLine): readonly ProgramCrash[];
  /** The line goes on with an entry of this writer's log, whatever it looks like. */
  goOn(line: UnwrappedLine): readonly ProgramCrash[];
  /** The program is said to have exited as Go's do that panicked. */
  exit(): readonly ProgramCrash[];
  /** What is known of unfinished reports that have not gone on for long before this byte offset. */
  expire(offset: number): readonly ProgramCrash[];
  /** What is known of unfinished reports; whatever follows is another death. */
  flush(): readonly ProgramCrash[];
}

/** How much a stream may carry of something else before an unfinished report is taken for whole. */
const WAIT_BYTES_MAX = 64 * 1024;
/** How much may be printed between a death and what it ended in: a long stack. */
const CONSEQUENCE_BYTES_MAX = 64 * 1024;

/**
 * What a program logs meanwhile is not part of its panic, and is read apart. One death may be told
 * twice, by the language that failed and by the one that the program is written in: the first to
 * tell knows the cause.
 */
export function createWriterCrashes(source: FindingSource): WriterCrashes {
  const plain = createCrashReaders(source);
  const entries = createCrashReaders(source);
  const copied = createCrashReaders(source);
  const all = [plain, entries, copied];
  const told = new Map<ProgramCrash['kind'], Finding>();
  let last: Finding | undefined;

  function readersOf({ wrapping }: UnwrappedLine): CrashReaders {
    if (wrapping === 'log') return entries;
    const own = wrapping === undefined ? plain : copied;
    // An entry of several lines has its head before the first one only.
    return entries.isOpen && !own.isOpen ? entries : own;
  }

  function causeOf({ follows, finding }: ProgramCrash): Finding | undefined {
    if (follows !== 'death') return follows && told.get(follows);
    const isSoon = last !== undefined && finding.start - last.end < CONSEQUENCE_BYTES_MAX;
    return isSoon ? last : undefined;
  }

  /**
   * A consequence is dropped. If Go tells of it, its cause is handed over once more as a death of
   * Go's, since PID 1 then ended with Go's exit status.
   */
  function withCause(crash: ProgramCrash): readonly ProgramCrash[] {
    const { kind, language, finding } = crash;
    const cause = causeOf(crash);
    if (cause !== undefined) {
      return crash.follows === 'death' && language === 'go' ? [{ language, finding: cause }] : [];
    }
    if (kind !== undefined) told.set(kind, finding);
    if (finding.class === 'agent-panic') last = finding;
    return [crash];
  }

  return {
    get isOpen() {
      return all.some((readers) => readers.isOpen);
    },
    get isEntryOpen() {
      return entries.isOpen;
    },
    goOn: (line) => entries.take(line, false).flatMap(withCause),
    take: (line) =>
      readersOf(line)
        .take(line, line.wrapping === 'log')
        .flatMap(withCause),
    expire(offset) {
      const silent = all.filter(({ isOpen, end }) => isOpen && offset - end > WAIT_BYTES_MAX);
      return silent.flatMap((readers) => readers.flush()).flatMap(withCause);
    },
    exit: () => all.flatMap((readers) => readers.exit()).flatMap(withCause),
    flush() {
      const left = all.flatMap((readers) => readers.flush()).flatMap(withCause);
      told.clear();
      last = undefined;
      return left;
    },
  };
}
