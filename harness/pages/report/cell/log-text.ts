/** The bytes of a log → numbered lines that are fit for people. */
import { cut, toPrintable } from '../../../text.ts';
import type { PackedMark } from '../../client/packed-logs.ts';
import type { LoggedFinding } from './page-logs.ts';

/** Longer lines are cut. */
export const LINE_LENGTH_MAX = 2000;
const LINE_FEED = 0x0a;
/** Control characters may begin an escape sequence that goes on behind the end of its line. */
const ESCAPES = /[^\P{Cc}\t\n\r]/u;

/** As many as there are line feeds in the bytes, and one more if something follows the last. */
export function linesOf(bytes: Uint8Array): readonly string[] {
  const text = new TextDecoder().decode(bytes).replaceAll(/\r+\n/g, '\n');
  // Line by line, an escape sequence without an end takes no line with it.
  const printable = ESCAPES.test(text)
    ? text.split('\n').map(toPrintable)
    : toPrintable(text).split('\n');
  // Not what was printed: a last line of nothing but an escape sequence is one.
  if (bytes.length === 0 || bytes.at(-1) === LINE_FEED) printable.pop();
  return printable.map((line) => cut(line, LINE_LENGTH_MAX));
}

/** The line that a byte is on, counted from 1. */
export function lineAt(bytes: Uint8Array, offset: number): number {
  const end = Math.min(offset, bytes.length);
  let line = 1;
  for (let at = bytes.indexOf(LINE_FEED); at !== -1 && at < end; ) {
    line += 1;
    at = bytes.indexOf(LINE_FEED, at + 1);
  }
  return line;
}

/** Where a finding is; undefined if the log does not reach there. */
export function markOf(
  bytes: Uint8Array,
  lines: readonly string[],
  { title, start, end }: LoggedFinding,
): PackedMark | undefined {
  if (start >= bytes.length) return undefined;
  const first = lineAt(bytes, start);
  const last = Math.max(first, Math.min(lineAt(bytes, Math.max(start, end - 1)), lines.length));
  return { title, first, last, deciding: findDeciding(lines, first, last, title) };
}

/** The first line that has the words of the title, else the one with most of them. */
function findDeciding(
  lines: readonly string[],
  first: number,
  last: number,
  title: string,
): number {
  const words = new Set(title.split(/[^\w]+/).filter((word) => word.length > 2));
  let best = { line: first, found: 0 };
  for (let line = first; line <= last; line++) {
    const own = new Set((lines[line - 1] ?? '').split(/[^\w]+/));
    const found = [...words].filter((word) => own.has(word)).length;
    if (found > best.found) best = { line, found };
  }
  return best.line;
}
