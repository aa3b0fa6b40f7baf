/**
 * What a shell says of a program that a signal ended (bash, jobs.c; dash, jobs.c): a note, since it
 * may be any program. Nothing new where the program has told why it died.
 */
import type { FindingSource } from '../finding.ts';
import { makeFinding } from '../finding.ts';
import type { CrashReader } from './program-crash.ts';

const SIGNAL = '(Segmentation fault|Aborted|Bus error|Illegal instruction|Trace/breakpoint trap)';
/** `run.sh: line 12:    77 Segmentation fault      (core dumped) ./prog` */
const OF_SCRIPT = new RegExp(
  String.raw`^\S+: line \d+: +\d+ ${SIGNAL} +(?:\(core dumped\) +)?(\S+)`,
);
const BARE = new RegExp(String.raw`^${SIGNAL} \(core dumped\)$`);

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
      const [, signal, path] = OF_SCRIPT.exec(text) ?? BARE.exec(text) ?? [];
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
