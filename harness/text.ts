/**
 * Makes untrusted bytes and texts fit for people. What a guest prints may contain escape sequences,
 * control characters and broken UTF-8; none of that may reach a terminal or a report raw.
 */
import stripAnsi from 'strip-ansi';

// Control characters except tab and line feed, lone surrogates, and characters that change the
// direction of text.
const UNPRINTABLE =
  /[^\P{Cc}\t\n]|\p{Cs}|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/gu;

/** Printable as it is. */
const PLAIN = /^[\t\n -~]*$/;

/**
 * Text without escape sequences (ECMA-48), in linear time; stripVTControlCharacters of node:util needs
 * quadratic time for those that do not end.
 */
export function stripEscapes(text: string): string {
  return stripAnsi(text);
}

/** Text without escape sequences, and with other unprintable characters shown as `\x1b`. */
export function toPrintable(text: string): string {
  // Most texts are: finding that out takes a tenth of the time of the rest.
  if (PLAIN.test(text)) return text;
  const unix = stripEscapes(text).replaceAll('\r\n', '\n');
  return unix.replace(UNPRINTABLE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** Printable text on one line of at most `lengthMax` characters; fast for texts of any length. */
export function toLine(text: string, lengthMax = 200): string {
  const beginning = text.trimStart().slice(0, LOOKED_AT_FACTOR * lengthMax);
  return cut(spaceCommands(toPrintable(beginning).replace(/\s+/g, ' ').trim()), lengthMax);
}

/** The same with its spaces as they are, for pictures such as a compiler's: columns stay below each other. */
export function toPictureLine(text: string, lengthMax = 200): string {
  const beginning = text.slice(0, LOOKED_AT_FACTOR * lengthMax);
  const line = toPrintable(beginning).replace(/\s/g, ' ').trimEnd();
  return cut(spaceCommands(line), lengthMax);
}

function spaceCommands(line: string): string {
  return line.replace(COMMAND, (start) => start.split('').join(' '));
}

/**
 * CI services take some lines of a log for commands: those that begin with `::` (GitHub) or
 * `##teamcity[`, and those with `##[` (GitHub) or `##vso[` (Azure) anywhere.
 */
const COMMAND = /^::|##(?=\w*\[)/g;

/** Escape sequences and white space may take this many times the room of what remains of a line. */
const LOOKED_AT_FACTOR = 20;

/** The text, or its beginning and an ellipsis; never cut inside a character. */
export function cut(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : `${beginningOf(text, lengthMax - 1)}…`;
}

/** The text, or its beginning; never cut inside a character. */
export function beginningOf(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  const beginning = text.slice(0, lengthMax);
  return /[\uD800-\uDBFF]$/.test(beginning) ? beginning.slice(0, -1) : beginning;
}
