/**
 * What a shell says of a program that a signal ended (bash, jobs.c; dash, jobs.c): a note, since it
 * may be any program. Nothing new where the program has told why it died.
 */
import type { FindingSource } from '../finding.ts';
import { makeFinding } from '../finding.ts';
import type { CrashReader } from './program-crash.ts';

/** glibc, sysdeps/generic/siglist.h */
const SIGNALS: Readonly<Record<string, string>> = {
  'Segmentation fault': 'SIGSEGV',
  Aborted: 'SIGABRT',
  'Bus error': 'SIGBUS',
  'Illegal instruction': 'SIGILL',
  'Trace/breakpoint trap': 'SIGTRAP',
};
const SIGNAL = `(${Object.keys(SIGNALS).join('|')})`;
/** `run.sh: line 12:    77 Segmentation fault      (core dumped) ./prog` */
const OF_SCRIPT = new RegExp(
  String.raw`(?:^|\s)\S+: line \d+: +\d+ ${SIGNAL} +(?:\(core dumped\) +)?(\S+)`,
);
const BARE = new RegExp(String.raw`^${SIGNAL}(?: \(core dumped\))?$`);

/** Each of these lines contains one of these words. */
export const SHELL_WORDS: readonly string[] = [
  'Segmentation fault',
  ' Aborted  ',
  'Bus error  ',
  'Illegal instruction  ',
  'Trace/breakpoint trap  ',
  ' (core dumped)',
];

export function createShellNotes(source: FindingSource): CrashReader {
  return {
    isOpen: false,
    take({ text, start, end }) {
      const [, words = '', path] = OF_SCRIPT.exec(text) ?? BARE.exec(text) ?? [];
      const signal = SIGNALS[words];
      if (signal === undefined) return [];
      const program = path?.split('/').at(-1);
      const title = program === undefined ? signal : `${signal} of program ${program}`;
      const finding = makeFinding({
        class: 'user-fault',
        title: title.slice(0, 160),
        source,
        start,
        end,
        excerpt: text.slice(0, 400),
      });
      return [{ language: 'c', finding, follows: 'death' }];
    },
    flush: () => [],
  };
}
