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
  // A word that begins another one comes after it, so that the longest is found.
  const words = [...new Set(patterns.flatMap((pattern) => pattern.words))].sort().reverse();
  const anyWord = new RegExp(words.map(quoteForRegExp).join('|'), 'g');
  /** Indices of patterns, lowest first. */
  const byWord = new Map(
    words.map((word) => [
      word,
      [...patterns.keys()].filter((at) =>
        patterns[at]?.words.some((start) => word.startsWith(start)),
      ),
    ]),
  );

  /** Of all patterns that a word of the message leads to. */
  function listCandidates(message: string): readonly number[] {
    const found = new Set<string>();
    anyWord.lastIndex = 0;
    for (let next = anyWord.exec(message); next !== null; next = anyWord.exec(message)) {
      found.add(next[0]);
      // Words may overlap.
      anyWord.lastIndex = next.index + 1;
    }
    const [first, ...others] = found;
    if (first === undefined) return [];
    const candidates = byWord.get(first) ?? [];
    if (others.length === 0) return candidates;
    const all = new Set([...candidates, ...others.flatMap((word) => byWord.get(word) ?? [])]);
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

function quoteForRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
