import { LineCounter } from 'yaml';
import { textWidth } from '../text-width.ts';
import type { Problem } from './problem.ts';

/** A file with more faults is probably not a matrix file: listing the rest would help nobody. */
const MOST_PROBLEMS = 100;

/** Keys and names in a hostile file may have any length. */
const LONGEST_TEXT = 300;

/** How many characters of a long line are shown, and how many of them precede the caret. */
const LINE_LENGTH = 100;
const LEAD_LENGTH = 60;

/**
 * Renders problems for a terminal: position, message, the line with a caret below the fault, what
 * was expected and found, a suggestion. Whatever the file contains, only printable characters come
 * out.
 * @param file The file as the user named it.
 */
export function renderProblems(
  text: string,
  problems: readonly Problem[],
  { file }: { readonly file: string },
): string {
  const counter = new LineCounter();
  counter.addNewLine(0);
  for (const { index } of text.matchAll(/\n/g)) counter.addNewLine(index + 1);
  const positionOf = (offset: number) => {
    const { line, col } = counter.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const shown = problems.slice(0, MOST_PROBLEMS).map((problem) => {
    const { message, start, expected, found, suggestion, earlier } = problem;
    const lines = [
      `${positionOf(start)}: ${message}`,
      ...renderFrame(text, problem),
      expected !== undefined && `    expected: ${expected}`,
      found !== undefined && `    found:    ${found}`,
      suggestion !== undefined && `    did you mean "${suggestion}"?`,
      earlier !== undefined && `    see also: ${positionOf(earlier)}`,
    ];
    return lines
      .filter((line) => line !== false)
      .map((line) => `${cutText(makePrintable(line), LONGEST_TEXT, 'end').trimEnd()}\n`);
  });
  const more = problems.length - shown.length;
  if (more > 0) shown.push([`${file}: … and ${more} more\n`]);
  return shown.map((lines) => lines.join('')).join('\n');
}

/** The line on which a problem begins, and a line of carets below its part of it. */
function renderFrame(text: string, { start, end }: Problem): readonly [string, string] {
  const lineStart = start === 0 ? 0 : text.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = text.indexOf('\n', start);
  const line = text.slice(lineStart, lineEnd < 0 ? undefined : lineEnd).replace(/\r$/, '');
  const [column, stop] = [start - lineStart, Math.max(start, end) - lineStart];
  // Four times what is shown is enough to cut from, and keeps a line of megabytes cheap.
  const most = 4 * LINE_LENGTH;
  const head = makePrintable(line.slice(0, column).slice(-most));
  const isLong = line.length > most || [...makePrintable(line)].length > LINE_LENGTH;
  const lead = isLong ? cutText(head, LEAD_LENGTH, 'start') : head;
  const room = LINE_LENGTH - [...lead].length;
  const part = (from: number, to?: number) => makePrintable(line.slice(from, to).slice(0, most));
  const marked = cutText(part(column, stop), room, 'end');
  const tail = cutText(`${part(column, stop)}${part(stop)}`, room, 'end');
  const carets = '^'.repeat(Math.max(1, textWidth(marked)));
  return [`    ${lead}${tail}`, `    ${' '.repeat(textWidth(lead))}${carets}`];
}

/** Cuts at one side, by code points. */
function cutText(text: string, length: number, side: 'start' | 'end'): string {
  const points = [...text];
  if (points.length <= length) return text;
  return side === 'start'
    ? `…${points.slice(points.length - length + 1).join('')}`
    : `${points.slice(0, length - 1).join('')}…`;
}

/**
 * Shows what a terminal would act on, hide or reorder as its code point, and a tab as two spaces.
 */
function makePrintable(text: string): string {
  return text
    .replaceAll('\t', '  ')
    .replaceAll(
      /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu,
      (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
    );
}
