/** Finds the pattern that a message matches, among many, by the words that are in the message. */
import type { IndexedPattern } from './report-start.ts';

export interface PatternMatch {
  readonly pattern: IndexedPattern;
  readonly match: RegExpExecArray;
}

export interface PatternIndex {
  /** All words of all patterns. */
  readonly words: readonly string[];
  /** The first pattern in their order that matches. */
  find(message: string): PatternMatch | undefined;
}

export function createPatternIndex(patterns: readonly IndexedPattern[]): PatternIndex {
  const words = [...new Set(patterns.flatMap((pattern) => pattern.words))];
  /** Indices of patterns, lowest first, by word. */
  const candidatesOf = words.map((word) =>
    [...patterns.keys()].filter((at) => patterns[at]?.words.includes(word)),
  );
  const findWords = createWordFinder(words);

  /** Of all patterns that a word of the message leads to. */
  function listCandidates(message: string): readonly number[] {
    const [first, ...others] = findWords(message);
    if (first === undefined) return [];
    const candidates = candidatesOf[first] ?? [];
    if (others.length === 0) return candidates;
    const all = new Set([...candidates, ...others.flatMap((word) => candidatesOf[word] ?? [])]);
    return [...all].sort((one, other) => one - other);
  }

  return {
    words,
    find(message) {
      for (const at of listCandidates(message)) {
        const pattern = patterns[at];
        const match = pattern?.text.exec(message);
        if (pattern !== undefined && match) return { pattern, match };
      }
      return undefined;
    },
  };
}

const CODES = 128;

/**
 * Which of the words a text contains, by index. By their first two characters, since a regular
 * expression with as many alternatives tries them one by one.
 */
export function createWordFinder(words: readonly string[]): (text: string) => ReadonlySet<number> {
  const byBeginning: (number[] | undefined)[] = new Array(CODES * CODES).fill(undefined);
  for (const [index, word] of words.entries()) {
    const beginning = word.charCodeAt(0) * CODES + word.charCodeAt(1);
    byBeginning[beginning] = [...(byBeginning[beginning] ?? []), index];
  }

  return (text) => {
    const found = new Set<number>();
    let before = text.charCodeAt(0);
    for (let at = 1; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      const candidates = code < CODES && before < CODES ? byBeginning[before * CODES + code] : [];
      before = code;
      for (const index of candidates ?? []) {
        if (text.startsWith(words[index] as string, at - 1)) found.add(index);
      }
    }
    return found;
  };
}
