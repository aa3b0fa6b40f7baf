/**
 * What C and C++ programs print before they abort: failed assertions, and faults that the C library
 * finds. Each is one whole line. abort(3) itself prints nothing, nor does musl about a broken heap.
 */
import type { FindingSource } from '../finding.ts';
import { type CrashReader, crashOf, type ProgramCrash } from './program-crash.ts';

/**
 * glibc, assert/assert.c. That the line ends like this is looked at first: with an end to be found, each
 * `Assertion` in a line would be tried up to the line's end.
 */
const GLIBC_ASSERT =
  /^(?=.*' failed\.$)(?:\S+: )?([^\s:]+):(\d+): (?:.+: )?Assertion [`'](.+)' failed\.$/;
/** musl, src/exit/assert.c */
const MUSL_ASSERT = /^Assertion failed: (.+) \(([^\s:]+): [^\s:]+: (\d+)\)$/;

/** What all of malloc's reasons have in them. */
const HEAP_FAULT = String.raw`(?=.*(?:invalid|corrupt|double|mismatch|unaligned|too many))[a-z][\w ()/>-]*`;
/** glibc, malloc/malloc.c, debug/fortify_fail.c, sysdeps/posix/libc_fatal.c; libstdc++ */
const ABORT = new RegExp(
  `^(?:${[
    String.raw`(?:free|[mc]alloc|realloc|m(?:unmap|remap)_chunk|malloc_consolidate)\(\): ${HEAP_FAULT}`,
    String.raw`double free or corruption \([!\w]+\)`,
    String.raw`corrupted (?:size vs\. prev_size|double-linked list)[\w ()-]*`,
    'break adjusted to free malloc space',
    String.raw`\*\*\* (.+ detected) \*\*\*: .*`,
    String.raw`\*\*\* Error in [^:]*: (.+): 0x[0-9a-f]+ \*\*\*`,
    'Fatal glibc error: .+',
    "terminate called after throwing an instance of '.+'",
    'terminate called without an active exception',
  ].join('|')})$`,
);

/** Each of these lines contains one of these words. */
export const C_WORDS: readonly string[] = [
  'Assertion ',
  // The ends of what malloc's functions are called.
  ...['c(): ', 'e(): ', 'k(): '],
  'double free or corruption',
  'corrupted size vs',
  'corrupted double-linked',
  'break adjusted to free',
  'detected ***',
  '*** Error in ',
  'Fatal glibc error',
  'terminate called ',
];

export function createCAborts(source: FindingSource): CrashReader {
  return {
    isOpen: false,
    take(line) {
      const { text } = line;
      const crash = (message: string, place?: string): readonly ProgramCrash[] => [
        crashOf('c', source, message, place, line, [text]),
      ];
      const [, file = '', row, condition = ''] = GLIBC_ASSERT.exec(text) ?? [];
      if (row !== undefined) return crash(`assertion failed: ${condition}`, placeOf(file, row));
      const musl = MUSL_ASSERT.exec(text);
      if (musl !== null) {
        const [, expression = '', path = '', number = ''] = musl;
        return crash(`assertion failed: ${expression}`, placeOf(path, number));
      }
      const abort = ABORT.exec(text);
      return abort === null ? [] : crash(abort[1] ?? abort[2] ?? abort[0]);
    },
    flush: () => [],
  };
}

/** The last folder and the file: the same wherever it was built. */
function placeOf(path: string, row: string): string {
  return `${path.split('/').slice(-2).join('/')}:${row}`;
}
