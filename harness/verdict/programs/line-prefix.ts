/**
 * What a supervisor puts before each line of a program (`agent: `, `[stderr] `), where it is no
 * envelope that is known: learned from the first line of a report, since all others have the same.
 */

/** How reports of deaths begin that have nothing of the program before them. */
export const BEGINNING = [
  "thread '",
  'panic: ',
  'fatal error: ',
  'SIG[A-Z]{2,4}: ',
  'runtime: ',
  String.raw`memory allocation of \d`,
  'fatal runtime error: ',
  'thread panicked while ',
  'The application panicked',
  'terminate called ',
  String.raw`\*\*\* `,
  String.raw`(?:free|[mc]alloc|realloc|m(?:unmap|remap)_chunk|malloc_consolidate)\(\): `,
  'double free or ',
  'corrupted ',
  'Assertion failed: ',
  'Fatal glibc error',
  'pure virtual method called',
  String.raw`(?:Segmentation fault|Aborted)(?: \(core dumped\))?$`,
  String.raw`==\d+==`,
  'Bail out! ',
  String.raw`(?:[\w-]{1,40}:)?ERROR:[^\s:]+:\d+:`,
  String.raw`F\d{4,8} \d`,
  String.raw`E\d{4} \d[^\]]{1,80}\] "?Observed a panic`,
].join('|');
/** A name or a tag with its punctuation, a level, a time. */
const WORD = String.raw`(?:\S{0,63}[:\]|>)] +|\[[^\]]{1,60}\]:? +|[\w-]{1,40} +\| +|[A-Z]{4,5} +|\d[\d:.,TZ+/-]{4,40} +)`;
const PREFIX = new RegExp(`^(?!${BEGINNING})${WORD}{1,4}?(?=${BEGINNING})`);
const WORDS = new RegExp(WORD, 'y');
const WORDS_MAX = 4;
/** Anything may be before a thread's header, since no other line looks like it. */
const BEFORE_THREAD = /^(?!thread ').{1,80}?(?=thread '.{0,64}?'(?: \(\d+\))? panicked at )/;
/** A hook's own words, which are on its first line only, come after the prefix of all lines. */
const BEFORE_HOOK = /^(?!thread ').{1,160}?(?=\bpanicked at )/;

/** Takes the prefix from each line of one writer. */
export type PrefixStripper = (text: string) => string;

export function createPrefixStripper(): PrefixStripper {
  /** The prefix, whole and cut after each of its first words; the longest first. */
  let prefixes: readonly string[] = [];
  return (text) => {
    const found = PREFIX.exec(text)?.[0] ?? BEFORE_THREAD.exec(text)?.[0];
    if (found !== undefined) {
      prefixes = beginningsOf(found);
      return text.slice(found.length);
    }
    const rest = withoutOneOf(prefixes, text);
    const hook = BEFORE_HOOK.exec(text)?.[0];
    if (hook === undefined) return rest;
    prefixes = beginningsOf(hook);
    return text;
  };
}

/** Digits are not compared: times and process ids differ from line to line. */
function withoutOneOf(prefixes: readonly string[], text: string): string {
  for (const prefix of prefixes) {
    if (shapeOf(text.slice(0, prefix.length)) === prefix) return text.slice(prefix.length);
    if (shapeOf(text) === prefix.trimEnd()) return '';
  }
  return text;
}

function beginningsOf(prefix: string): readonly string[] {
  const shapes = [shapeOf(prefix)];
  WORDS.lastIndex = 0;
  while (shapes.length <= WORDS_MAX && WORDS.test(prefix)) {
    shapes.splice(1, 0, shapeOf(prefix.slice(0, WORDS.lastIndex)));
  }
  return shapes;
}

function shapeOf(text: string): string {
  return text.replace(/\d/g, '0');
}
