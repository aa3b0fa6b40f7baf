/**
 * Lines of a guest that arrive inside other lines: Kata's shim logs the guest's console as logfmt
 * (`vmconsole="…"`), and programs log their output as JSON, one object per line.
 */
import type { OutputLine } from './line-splitter.ts';

export interface UnwrappedLine extends OutputLine {
  /**
   * What wrapped it: `console` is a shim that copies a guest's console, `log` a program's own log.
   */
  readonly wrapping?: 'console' | 'log';
}

const VMCONSOLE = /(?:^|[\s{,"])vmconsole"?[=:] ?(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/;
/** The keys of a logged object whose text may be a program's output. */
const LOG_KEYS = ['msg', 'message', 'error', 'backtrace'];
const LOGGED_STRING = new RegExp(
  String.raw`"(?:${LOG_KEYS.join('|')})":\s*"((?:[^"\\]|\\.)*)`,
  'g',
);

/**
 * The lines inside the line, each with the byte range of all of it; the line itself if it is plain.
 */
export function unwrapLine(line: OutputLine): readonly UnwrappedLine[] {
  const { text } = line;
  const wrapped = text.includes('vmconsole') ? VMCONSOLE.exec(text) : null;
  if (wrapped !== null) {
    const [, quoted, bare = ''] = wrapped;
    return split(line, quoted === undefined ? bare : unquote(quoted), 'console');
  }
  if (line.isPart) return unwrapPart(line);
  const object = text.startsWith('{') ? parseJson(text) : undefined;
  if (object === undefined) return [line];
  const said = LOG_KEYS.map((key) => object[key]).filter((value) => typeof value === 'string');
  return split(line, said.join('\n'), 'log');
}

/** A part of an object cannot be parsed: its strings are read, and what is left is a line of its own. */
function unwrapPart(line: OutputLine): readonly UnwrappedLine[] {
  const { text } = line;
  const said = [...text.matchAll(LOGGED_STRING)].flatMap(
    ([, inside = '']) => parseJson(`{"inside":"${inside}"}`)?.inside ?? [],
  );
  if (said.length === 0) return [line];
  return [
    ...split(line, said.join('\n'), 'log'),
    { ...line, text: text.replace(LOGGED_STRING, '') },
  ];
}

function split(
  { start, end }: OutputLine,
  text: string,
  wrapping: 'console' | 'log',
): readonly UnwrappedLine[] {
  return text.split('\n').map((one) => ({ text: one.replace(/\r$/, ''), start, end, wrapping }));
}

function parseJson(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    // Not a log's object after all: a line like any other.
    return undefined;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** Undoes Go's strconv.Quote; what it would escape as a control character is dropped. */
function unquote(quoted: string): string {
  return quoted.replace(
    /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|(.))/g,
    (_, byte?: string, unit?: string, other = '') => {
      if (other !== '') return ESCAPES[other] ?? (/[abfv]/.test(other) ? '' : other);
      const code = Number.parseInt(byte ?? unit ?? '', 16);
      return code < 32 || code === 127 ? '' : String.fromCharCode(code);
    },
  );
}
