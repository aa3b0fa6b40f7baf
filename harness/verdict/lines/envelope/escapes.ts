const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  0: '\0',
};
const ESCAPE = /\\(?:x([0-9a-f]{2})|u\{([0-9a-f]{1,6})\}|u([0-9a-f]{4})|(.))/g;
/** The inside of a quoted string; every quote in it has a backslash before it. */
export const QUOTED = String.raw`"((?:[^"\\]|\\.)*)"`;

/**
 * Undoes what Go's strconv.Quote, Rust's `{:?}` and the kernel's /dev/kmsg do to text. What they
 * escape as a control character is one again, for others to drop.
 */
export function undoEscapes(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(ESCAPE, (_, byte?: string, scalar?: string, unit?: string, other = '') => {
    if (other !== '') return ESCAPES[other] ?? other;
    const code = Number.parseInt(byte ?? scalar ?? unit ?? '', 16);
    return code > 0x10ffff ? '' : String.fromCodePoint(code);
  });
}
