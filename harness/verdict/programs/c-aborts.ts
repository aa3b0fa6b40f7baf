/**
 * What C and C++ programs print before they abort: failed assertions, and faults that the C library
 * finds. abort(3) itself prints nothing, nor does musl about a broken heap.
 */
import type { FindingSource } from '../finding.ts';
import type { OutputLine } from '../lines/line-splitter.ts';
import { ASSERT_WORDS, readAssert } from './c-asserts.ts';
import { type CrashReader, crashOf, type ProgramCrash } from './program-crash.ts';

/** What all of malloc's reasons have in them. */
const HEAP_FAULT = String.raw`(?=.*(?:invalid|corrupt|double|mismatch|unaligned|too many))[a-z][\w ()/>-]*`;
/** glibc, malloc/malloc.c, debug/fortify_fail.c, sysdeps/posix/libc_fatal.c; libstdc++ */
const ABORT = new RegExp(
  `^(?:${[
    String.raw`(?:free|[mc]alloc|realloc|m(?:unmap|remap)_chunk|malloc_consolidate)\(\): ${HEAP_FAULT}`,
    String.raw`double free or corruption \([!\w]+\)`,
    String.raw`corrupted (?:size vs\. prev_size|double-linked list)[\w ()-]*`,
    'break adjusted to free malloc space',
    String.raw`\*\*\* (.+ detected|longjmp causes uninitialized stack frame) \*\*\*: .*`,
    String.raw`\*\*\* Error in [^:]*: (.+): 0x[0-9a-f]+ \*\*\*`,
    'Fatal glibc error: .+',
    // nptl/futex-internal.h
    String.raw`The futex facility returned an unexpected error code\.?`,
    'pure virtual method called',
    'terminate called without an active exception',
    'terminate called recursively',
  ].join('|')})$`,
);
/** libstdc++, libsupc++/vterminate.cc */
const THROWN = /^(terminate called after throwing an instance of) '(.+)'$/;
/** libc++abi, src/cxa_default_handlers.cpp */
const UNCAUGHT =
  /^(?:libc\+\+abi: )?(terminating (?:due to|with) uncaught exception of type \S.*)$/;
const WHAT = /^ {2}what\(\): {2}(.*)$/;
/** How many lines of others may come between the two. */
const LINES_BEFORE_WHAT_MAX = 2;

/** Each of these lines contains one of these words. */
export const C_WORDS: readonly string[] = [
  ...ASSERT_WORDS,
  'free(): ',
  'alloc(): ',
  '_chunk(): ',
  'consolidate(): ',
  'double free or corruption',
  'corrupted size vs',
  'corrupted double-linked',
  'break adjusted to free',
  'detected ***',
  'uninitialized stack frame ***',
  '*** Error in ',
  'Fatal glibc error',
  'terminate called ',
  'uncaught exception of type ',
  'The futex facility',
  'pure virtual method called',
];

interface Exception {
  readonly first: OutputLine;
  readonly said: string;
  readonly lines: string[];
  end: number;
}

export function createCAborts(source: FindingSource): CrashReader {
  /** What it says of itself may be on the next line. */
  let thrown: Exception | undefined;

  function close(what?: string): readonly ProgramCrash[] {
    if (thrown === undefined) return [];
    const { first, said, lines, end } = thrown;
    thrown = undefined;
    const message = what === undefined ? said : `${said}: ${what}`;
    return [crashOf('c', source, message, undefined, { start: first.start, end }, lines)];
  }

  function takeWhat({ text, end }: OutputLine): readonly ProgramCrash[] {
    if (thrown === undefined) return [];
    const what = WHAT.exec(text)?.[1];
    if (what !== undefined) {
      thrown.lines.push(text);
      thrown.end = end;
      return close(what);
    }
    thrown.lines.push(text);
    return thrown.lines.length > LINES_BEFORE_WHAT_MAX ? close() : [];
  }

  function takeFirst(line: OutputLine): readonly ProgramCrash[] {
    const { text, end } = line;
    const crash = (message: string, place?: string): readonly ProgramCrash[] => [
      crashOf('c', source, message, place, line, [text]),
    ];
    const assert = readAssert(text);
    if (assert !== undefined) return crash(assert.message, assert.place);
    const [, words, name] = THROWN.exec(text) ?? [];
    if (words !== undefined) {
      const closed = close();
      thrown = { first: line, said: `${words} ${withoutArguments(name)}`, lines: [text], end };
      return closed;
    }
    const abort = ABORT.exec(text) ?? UNCAUGHT.exec(text);
    if (abort === null) return [];
    const crashes = crash(abort[1] ?? abort[2] ?? abort[0]);
    if (!text.startsWith('terminate called ')) return crashes;
    return crashes.map((one) => ({ ...one, follows: 'death' }));
  }

  return {
    get isOpen() {
      return thrown !== undefined;
    },
    take: (line) => [...takeWhat(line), ...takeFirst(line)],
    flush: () => close(),
  };
}

/** Without what is between the outermost angle brackets, which may be longer than a title. */
function withoutArguments(name = ''): string {
  return name.length > 60 ? name.replace(/<.*>/, '<…>') : name;
}
