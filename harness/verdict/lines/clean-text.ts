import { stripEscapes } from '../../text.ts';

const CONTROL_CHARACTER = /[^\P{Cc}\t]/gu;

/** Nothing to drop but the end of the line: finding that out takes a fraction of the time. */
const PLAIN = /^[\t -~]*(?=\r?\n?$)/;

/** Text without escape sequences and control characters. */
export function cleanText(text: string): string {
  const plain = PLAIN.exec(text)?.[0];
  if (plain !== undefined) return plain;
  return stripEscapes(text).replace(CONTROL_CHARACTER, '');
}
