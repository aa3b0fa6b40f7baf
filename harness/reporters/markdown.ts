/** Building blocks of reports in Markdown. */
import { toLine } from '../text.ts';

export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(markdownText).join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)];
}

/** What a guest says is text and never markup (GitHub Flavored Markdown, 2.4 and 4.10). */
export function markdownText(text: string): string {
  return toLine(text, Number.MAX_SAFE_INTEGER).replace(/[\\`*_{}[\]<>|#~]/g, '\\$&');
}
