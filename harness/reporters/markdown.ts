/** Building blocks of reports in Markdown. */
import { toLine, toPrintable } from '../text.ts';

export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const escaped = rows.map((row) => row.map(markdownText));
  return tableOfMarkdown(head.map(markdownText), escaped);
}

/** @param rows What is Markdown already, without a `|` that is not escaped. */
export function tableOfMarkdown(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)];
}

/** What a guest says is text and never markup (GitHub Flavored Markdown, 2.4 and 4.10). */
export function markdownText(text: string): string {
  return toLine(text, Number.MAX_SAFE_INTEGER).replace(/[\\`*_{}[\]<>|#~]/g, '\\$&');
}

/**
 * One line as code: in it not even `@name`, `#1` or an address means anything (GFM 6.3).
 * @param lengthMax In characters.
 */
export function markdownCode(text: string, lengthMax = 200): string {
  const line = toLine(text, lengthMax);
  if (line === '') return '';
  const fence = '`'.repeat(longestRun(line) + 1);
  const space = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${space}${line}${space}${fence}`;
}

/** Lines as code, in a block that none of them can end (GFM 4.5). */
export function markdownBlock(language: string, text: string): readonly string[] {
  const lines = toPrintable(text).trimEnd();
  const fence = '`'.repeat(Math.max(3, longestRun(lines) + 1));
  return [`${fence}${language}`, ...lines.split('\n'), fence];
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
}
