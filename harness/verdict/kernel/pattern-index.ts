/** Finds the pattern that a message matches, among many, by the words that are in the message. */
import { createPatternSearch } from './pattern-tree.ts';
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
  const find = createPatternSearch(patterns);
  return {
    words: [...new Set(patterns.flatMap(({ words }) => words))],
    find(message) {
      const pattern = find(message);
      const match = pattern?.text.exec(message);
      return pattern !== undefined && match ? { pattern, match } : undefined;
    },
  };
}
