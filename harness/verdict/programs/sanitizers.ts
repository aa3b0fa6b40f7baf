/**
 * Reports of the sanitizers of GCC and LLVM that end the program (compiler-rt,
 * lib/sanitizer_common): a line with the fault, then the stack of what did it. Leaks and data races
 * end none.
 */
import type { FindingSource } from '../finding.ts';
import type { OutputLine } from '../lines/line-splitter.ts';
import { type CrashReader, crashOf, type ProgramCrash } from './program-crash.ts';

const FIRST =
  /==\d+== ?(?:ERROR: (?!Leak)|WARNING: (?=Memory))((?:HW)?[A-Z]\w{2,20}Sanitizer): (.+)$/;
/** Where in the first line addresses and the like begin. */
const DETAILS = /(?: on (?:unknown )?address\b| on 0x|: | 0x| \(|, ).*$/;
const FRAME = /^\s*#\d+ 0x[0-9a-f]+ in (.+)$/;
/** The file, or the object that has no debug information. */
const FRAME_PLACE = / (?:\([^()]*\)|\/.*|<null>.*|\S+:\d+(?::\d+)?)(?: \(BuildId: \w+\))?$/;
const ARGUMENTS = /\([^()]*(?:\([^()]*\)[^()]*)*\)(?: const)?$/;
/** The sanitizer's own functions, and those of the C library that it stands before. */
const MACHINERY =
  /^(?:__interceptor_|__(?:asan|hwasan|msan|tsan|ubsan|sanitizer)_|__GI_|__libc_|operator (?:new|delete)|(?:mem|str|wcs|wmem)[a-z]+$|(?:free|[mc]alloc|realloc|posix_memalign|raise|abort|gsignal|printf|v?s?n?printf)$|_*pthread_kill)/;
const OF_SANITIZER = /\b(?:libsanitizer|compiler-rt|sanitizer_common)\//;
const LINES_MAX = 24;
const FRAME_LENGTH_MAX = 512;

/** Every line that begins a report contains this. */
export const SANITIZER_WORDS: readonly string[] = ['Sanitizer: '];

interface Open {
  readonly first: OutputLine;
  readonly fault: string;
  readonly lines: string[];
  hasFrames: boolean;
  end: number;
}

export function createSanitizerReports(source: FindingSource): CrashReader {
  let open: Open | undefined;

  function close(place: string | undefined, isCut: boolean): readonly ProgramCrash[] {
    if (open === undefined) return [];
    const { first, fault, lines, end } = open;
    open = undefined;
    return [crashOf('c', source, fault, place, { start: first.start, end }, lines, isCut)];
  }

  return {
    get isOpen() {
      return open !== undefined;
    },
    take(line) {
      const { text, end } = line;
      const [, name = '', said] = FIRST.exec(text) ?? [];
      if (said !== undefined) {
        const closed = close(undefined, true);
        const fault = said.replace(DETAILS, '').replace(/^attempting /, '');
        open = { first: line, fault: `${name}: ${fault}`, lines: [text], hasFrames: false, end };
        return closed;
      }
      if (open === undefined) return [];
      open.lines.push(text);
      open.end = end;
      const frame = FRAME.exec(text.slice(0, FRAME_LENGTH_MAX))?.[1];
      if (frame === undefined) {
        const isOver = open.hasFrames && text.trim() === '';
        return isOver || open.lines.length >= LINES_MAX ? close(undefined, !isOver) : [];
      }
      open.hasFrames = true;
      const called = frame.replace(FRAME_PLACE, '').replace(ARGUMENTS, '');
      const isMachinery = MACHINERY.test(called) || OF_SANITIZER.test(frame);
      return isMachinery ? [] : close(called, false);
    },
    flush: () => close(undefined, true),
  };
}
