/**
 * What a supervisor puts before each line of a program (`agent: `, `[stderr] `), where it is no
 * envelope that is known: learned from the first line of a report, since all others have the same.
 */

/** How reports of deaths begin. */
const BEGINNING = [
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
  String.raw`==\d+==`,
  'Bail out! ',
  String.raw`F\d{4,8} `,
].join('|');
/** A name or a tag with its punctuation, a level, a time. */
const WORD = String.raw`(?:\S{0,63}[:\]|>)] +|\[[^\]]{1,60}\]:? +|[\w-]{1,40} +\| +|[A-Z]{4,5} +|\d[\d:.,TZ+/-]{4,40} +)`;
const PREFIX = new RegExp(`^(?!${BEGINNING})${WORD}{1,4}?(?=${BEGINNING})`);
/** Whatever is before a thread: its line says more clearly than any other that it is a header. */
const BEFORE_THREAD = /^(?!thread ').{1,80}?(?=thread '.{0,64}?'(?: \(\d+\))? panicked at )/;

/** Takes the prefix from each line of one writer. */
export type PrefixStripper = (text: string) => string;

export function createPrefixStripper(): PrefixStripper {
  let prefix = '';
  let shape = '';
  return (text) => {
    const found = PREFIX.exec(text)?.[0] ?? BEFORE_THREAD.exec(text)?.[0];
    if (found !== undefined) {
      prefix = found;
      shape = shapeOf(found);
      return text.slice(found.length);
    }
    if (prefix === '') return text;
    if (shapeOf(text.slice(0, prefix.length)) === shape) return text.slice(prefix.length);
    return shapeOf(text) === shape.trimEnd() ? '' : text;
  };
}

/** Times and process ids differ from line to line. */
function shapeOf(text: string): string {
  return text.replace(/\d/g, '0');
}
