/** Finds the pattern that a message matches, among many, by the words that are in the message. */
import { createWordScan } from '../lines/word-scan.ts';
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

const NONE: readonly number[] = [];

export function createPatternIndex(patterns: readonly IndexedPattern[]): PatternIndex {
  const words = [...new Set(patterns.flatMap((pattern) => pattern.words))];
  const scan = createWordScan(words);
  /** Indices of patterns, lowest first, by word. */
  const candidatesOf = words.map((word) =>
    [...patterns.keys()].filter((at) => patterns[at]?.words.includes(word)),
  );

  /** Of all patterns that a word of the message leads to. */
  function listCandidates(message: string): readonly number[] {
    const found = scan(message);
    const [first] = found;
    if (first === undefined) return NONE;
    if (found.length === 1) return candidatesOf[first] ?? NONE;
    const all = new Set(found.flatMap((word) => candidatesOf[word] ?? NONE));
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
