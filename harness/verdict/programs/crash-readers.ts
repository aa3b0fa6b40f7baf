import type { FindingSource } from '../finding.ts';
import type { OutputLine } from '../lines/line-splitter.ts';
import { C_WORDS, createCAborts } from './c-aborts.ts';
import { createGoPanics, GO_WORDS } from './go-panics.ts';
import { BEGINNING, createPrefixStripper } from './line-prefix.ts';
import { createObservedPanics, OBSERVED_WORDS } from './observed-panics.ts';
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
  ...OBSERVED_WORDS,
  ...C_WORDS,
  ...SANITIZER_WORDS,
  ...SHELL_WORDS,
];

/** The readers of lines that belong together. */
export interface CrashReaders extends Pick<CrashReader, 'isOpen' | 'flush'> {
  /** @param isEntry Whether the line is the text of an entry in a program's log. */
  take(line: OutputLine, isEntry: boolean): readonly ProgramCrash[];
  /** Its supervisor says that the program has exited as Go's do that panicked. */
  exit(): readonly ProgramCrash[];
  /** Where the last line that they were given ended. */
  readonly end: number;
}

/** The name of the program itself, not a label for output that it hands on. */
const NAME = String.raw`(?!(?:stderr|stdout|output|container|workload|program|test|note|expected): )[\w.-]{1,40}(?::| \|) `;

/**
 * What begins a report in a program's log. Elsewhere an unfinished line may precede it; a log that
 * merely quotes a report says something else first.
 */
const LOGGED = new RegExp(
  String.raw`^(?:\[[^\]]{1,80}\] |${NAME})?(?:${[
    BEGINNING,
    String.raw`(?:[\w-]{1,40} )?panicked at `,
    String.raw`A panic occurred(?: at |.* panic\.payload)`,
    String.raw`[\w.-]{1,64}:ERROR:[^\s:]+:\d+:`,
    String.raw`Panic at \[`,
    String.raw`(?:[EIW]\d{4} [^\]]{1,80}\] )?"?Observed a panic`,
    '(?:Error: )?task (?:\\d+ )?panicked with message ',
    String.raw`\S{1,80} had a problem and crashed\.`,
    String.raw`(?:\*\* )?\([\w.-]{1,64}:\d+\): (?:\S+-)?ERROR \*\*: `,
    String.raw`(?:[\w.-]{1,64}: )?[^\s:]+:\d+: .*[Aa]ssertion [\`'"]`,
    String.raw`(?:[^\s:]+:\d+: \w+: )?[Aa]ssertion ['"]`,
    String.raw`[^\s:]{1,64}: line \d+: `,
    String.raw`\[[\d:/.]*:FATAL:`,
    String.raw`(?:\S{1,80}: )?line \d+: +\d+ [A-Z]`,
    String.raw`(?:libc\+\+abi: )?terminating (?:due to|with) `,
  ].join('|')})`,
);

/** Each language's reader gets every line, so that none keeps a line from another. */
export function createCrashReaders(source: FindingSource): CrashReaders {
  const readers: readonly CrashReader[] = [
    createRustPanics(source),
    createPanicMessages(source),
    createRustAborts(source),
    createObservedPanics(source),
    createGoPanics(source),
    createCAborts(source),
    createSanitizerReports(source),
    // On a console, only what PID 1 says of itself counts.
    ...(source === 'agent-stderr' ? [createShellNotes(source)] : []),
  ];
  const withoutPrefix = createPrefixStripper();
  let end = 0;

  return {
    get isOpen() {
      return readers.some((reader) => reader.isOpen);
    },
    get end() {
      return end;
    },
    take(line, isEntry) {
      end = line.end;
      const mayBegin = !isEntry || LOGGED.test(line.text);
      if (!mayBegin && !readers.some((reader) => reader.isOpen)) return [];
      const text = withoutPrefix(line.text);
      const bare = text === line.text ? line : { ...line, text };
      return readers.flatMap((reader) => (mayBegin || reader.isOpen ? reader.take(bare) : []));
    },
    exit: () => readers.flatMap((reader) => reader.exit?.() ?? []),
    flush: () => readers.flatMap((reader) => reader.flush()),
  };
}
