import { endOfCall, type Macros } from './macros.ts';

/** A part of a line of a Kconfig file, its macros expanded. */
export type Token =
  /** A keyword, the name of a symbol or a number. */
  | { readonly kind: 'word'; readonly text: string }
  /** A text, without its quotation marks. */
  | { readonly kind: 'text'; readonly text: string; readonly isKnown: boolean }
  /** A macro whose value is not known, as written. */
  | { readonly kind: 'macro'; readonly text: string }
  | { readonly kind: 'operator'; readonly text: string };

const OPERATOR = /&&|\|\||[!<>]=|[=!<>()]/y;
const WORD = /[\w./-]+/y;
const BLANK = /\s+/y;

/** Undefined in the place of a character that no line may have outside of texts. */
export function tokenize(line: string, macros: Macros): readonly (Token | undefined)[] {
  const tokens: (Token | undefined)[] = [];
  for (let at = 0; at < line.length; ) {
    const character = line[at];
    if (character === '#') break;
    const blank = match(BLANK, line, at);
    if (blank !== undefined) {
      at += blank.length;
      continue;
    }
    const operator = match(OPERATOR, line, at);
    if (operator !== undefined) {
      tokens.push({ kind: 'operator', text: operator });
      at += operator.length;
    } else if (character === '"' || character === "'") {
      const end = endOfText(line, at);
      tokens.push(textToken(line.slice(at + 1, end), macros));
      at = end + 1;
    } else {
      const end = endOfWord(line, at);
      if (end === at) tokens.push(undefined);
      else tokens.push(...wordTokens(line.slice(at, end), macros));
      at = Math.max(end, at + 1);
    }
  }
  return tokens;
}

function match(pattern: RegExp, line: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(line)?.[0];
}

/** Its closing quotation mark, or the end of the line. Macros may have quotation marks of their own. */
function endOfText(line: string, from: number): number {
  for (let at = from + 1; at < line.length; at += 1) {
    if (line[at] === '\\') at += 1;
    else if (line[at] === line[from]) return at;
    else if (line.startsWith('$(', at)) {
      const end = endOfCall(line, at + 2);
      if (end === -1) return line.length;
      at = end;
    }
  }
  return line.length;
}

/** A word may have macros in it: `arch/$(SRCARCH)/Kconfig`. */
function endOfWord(line: string, from: number): number {
  let at = from;
  for (;;) {
    at += match(WORD, line, at)?.length ?? 0;
    if (!line.startsWith('$(', at)) return at;
    const end = endOfCall(line, at + 2);
    if (end === -1) return line.length;
    at = end + 1;
  }
}

function textToken(written: string, macros: Macros): Token {
  const { text, isKnown } = macros.expand(written);
  return { kind: 'text', text: text.replace(/\\(.)/g, '$1'), isKnown };
}

/** A macro that expands to nothing is no word. */
function wordTokens(written: string, macros: Macros): readonly Token[] {
  const { text, isKnown } = macros.expand(written);
  if (!isKnown) return [{ kind: 'macro', text }];
  return text === '' ? [] : [{ kind: 'word', text }];
}
