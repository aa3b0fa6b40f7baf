import { stripEscapes } from '../../text.ts';

const CONTROL_CHARACTER = /[^\P{Cc}\t]/gu;

/** Text without escape sequences and control characters. */
export function cleanText(text: string): string {
  return stripEscapes(text).replace(CONTROL_CHARACTER, '');
}
