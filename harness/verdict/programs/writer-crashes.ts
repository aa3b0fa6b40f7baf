import type { FindingSource } from '../finding.ts';
import type { OutputLine } from '../lines/line-splitter.ts';
import { C_WORDS, createCAborts } from './c-aborts.ts';
import { createGoPanics, GO_WORDS } from './go-panics.ts';
import { BEGINNING, createPrefixStripper } from './line-prefix.ts';
import { createPanicMessages, MESSAGE_WORDS } from './panic-messages.ts';
import type { CrashReader, ProgramCrash } from './program-crash.ts';
import { createRustAborts, RUST_ABORT_WORDS } from './rust-aborts.ts';
import { createRustPanics, RUST_WORDS } from './rust-panics.ts';
import { createSanitizerReports, SANITIZER_WORDS } from './sanitizers.ts';
import { createShellNotes, SHELL_WORDS } from './shell-notes.ts';

/** Every line that begins a program's report of its death contains one of these. */
export const CRASH_WORDS: readonly string[] = [
  ...RUST_WORDS,
  ...RUST_ABORT_WORDS,
  ...MESSAGE_WORDS,
  ...GO_WORDS,
  ...C_WORDS,
  ...SANITIZER_WORDS,
  ...SHELL_WORDS,
];

/** The deaths that one writer's lines tell of. */
export interface WriterCrashes {
  readonly isOpen: boolean;
  take(line: OutputLine): readonly ProgramCrash[];
  /** What is known of unfinished reports; the program may live on. */
  expire(): readonly ProgramCrash[];
  /** The same, and whatever follows is another death. */
  flush(): readonly ProgramCrash[];
}

/**
 * What begins a report in a program's log. Elsewhere an unfinished line may precede it; a log that
 * merely quotes a report says something else first.
 */
const LOGGED = new RegExp(
  `^(?:${[
    BEGINNING,
    String.raw`(?:[\w-]{1,40} )?panicked at `,
    'A panic occurred ',
    String.raw`[\w.-]{1,64} had a problem and crashed`,
    String.raw`Panic at \[`,
    String.raw`(?:Error: )?task \d+ panicked `,
    String.raw`(?:[^\s:]+:\d+: \w+: )?[Aa]ssertion ['"]`,
    String.raw`libc\+\+abi: `,
    String.raw`\([\w.-]{1,64}:\d+\): `,
    String.raw`\[\d+:\d+:\d{4}/`,
    String.raw`[^\s:]{1,64}: line \d+: `,
    String.raw`[\w.-]{1,64}:ERROR:[^\s:]+:\d+:`,
    String.raw`[\w.-]{1,64}: [^\s:]+:\d+: .*Assertion [\`']`,
  ].join('|')})`,
);
/** How much may be printed between a death and what it ended in: a long stack. */
const CONSEQUENCE_BYTES_MAX = 64 * 1024;

/**
 * Each language's reader gets every line, and so none keeps a line from another. One death may be
 * told twice, by the language that failed and by the one that the program is written in: the first
 * to tell knows the cause.
 */
export function createWriterCrashes(source: FindingSource, isLog: boolean): WriterCrashes {
  const readers: readonly CrashReader[] = [
    createRustPanics(source),
    createPanicMessages(source),
    createRustAborts(source),
    createGoPanics(source),
    createCAborts(source),
    createSanitizerReports(source),
    // On a console, only what PID 1 says of itself counts.
    ...(source === 'agent-stderr' ? [createShellNotes(source)] : []),
  ];
  const withoutPrefix = createPrefixStripper();
  const told = new Set<ProgramCrash['kind']>();
  /** Where the last death's report ended. */
  let toldEnd = Number.NEGATIVE_INFINITY;

  function isNews({ kind, follows, finding }: ProgramCrash): boolean {
    const isConsequence =
      follows === 'death'
        ? finding.start - toldEnd < CONSEQUENCE_BYTES_MAX
        : follows !== undefined && told.has(follows);
    if (isConsequence) return false;
    if (kind !== undefined) told.add(kind);
    if (finding.class === 'agent-panic') toldEnd = finding.end;
    return true;
  }

  function expire(): readonly ProgramCrash[] {
    return readers.flatMap((reader) => reader.flush()).filter(isNews);
  }

  return {
    get isOpen() {
      return readers.some((reader) => reader.isOpen);
    },
    take(line) {
      const mayBegin = !isLog || LOGGED.test(line.text);
      if (!mayBegin && !readers.some((reader) => reader.isOpen)) return [];
      const text = withoutPrefix(line.text);
      const bare = text === line.text ? line : { ...line, text };
      return readers
        .flatMap((reader) => (mayBegin || reader.isOpen ? reader.take(bare) : []))
        .filter(isNews);
    },
    expire,
    flush() {
      const left = expire();
      told.clear();
      toldEnd = Number.NEGATIVE_INFINITY;
      return left;
    },
  };
}
