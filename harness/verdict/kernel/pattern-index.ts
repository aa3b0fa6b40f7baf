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
/** Messages may have any words in any order. */
const TOGETHER_MAX = 1000;

export function createPatternIndex(patterns: readonly IndexedPattern[]): PatternIndex {
  const words = [...new Set(patterns.flatMap((pattern) => pattern.words))];
  const scan = createWordScan(words);
  /** Indices of patterns, lowest first, by word. */
  const candidatesOf = words.map((word) =>
    [...patterns.keys()].filter((at) => patterns[at]?.words.includes(word)),
  );

  /** The same for several words in one message. */
  const together = new Map<string, readonly number[]>();

  /** Of all patterns that a word of the message leads to. */
  function listCandidates(message: string): readonly number[] {
    const found = scan(message);
    const [first] = found;
    if (first === undefined) return NONE;
    if (found.length === 1) return candidatesOf[first] ?? NONE;
    const key = found.join();
    const known = together.get(key);
    if (known !== undefined) return known;
    const all = new Set(found.flatMap((word) => candidatesOf[word] ?? NONE));
    const candidates = [...all].sort((one, other) => one - other);
    if (together.size < TOGETHER_MAX) together.set(key, candidates);
    return candidates;
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
